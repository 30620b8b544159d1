const HOST = 'Host: 127.0.0.1\r\n';

/** A whole GET request. */
export function get(path: string, headers: Readonly<Record<string, string>> = {}): string {
  return `GET ${path} HTTP/1.1\r\n${HOST}${lines(headers)}\r\n`;
}

/** A whole POST request with a JSON body. */
export function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): string {
  const text = JSON.stringify(body);
  const length = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) };
  return `POST ${path} HTTP/1.1\r\n${HOST}${lines({ ...headers, ...length })}\r\n${text}`;
}

function lines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}
