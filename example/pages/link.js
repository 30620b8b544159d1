/** The token of the link that opened this page. It leaves the address bar, the history and what a bookmark would keep. */
const token = new URLSearchParams(location.search).get('token');
history.replaceState(null, '', location.pathname);

/**
 * Sends the token to the API when the form is sent: a button has to be pressed, since mail scanners open links too.
 * @param {{ route: string, done: string, fields?: () => Record<string, string> }} options
 */
export function sendToken({ route, done, fields = () => ({}) }) {
  const form = document.querySelector('form');
  const status = document.querySelector('[role=status]');
  if (token === null) {
    form.hidden = true;
    status.textContent = 'Open the link of your mail once more.';
    return;
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    try {
      const body = JSON.stringify({ token, ...fields() });
      const response = await fetch(route, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      form.hidden = response.ok;
      status.textContent = response.ok ? done : await faultOf(response);
    } catch {
      status.textContent = 'The server cannot be reached. Try again in a moment.';
    } finally {
      button.disabled = false;
    }
  });
}

async function faultOf(response) {
  const { detail, reason } = await response.json();
  return reason ?? detail;
}
