/**
 * A place where so many wait for one another: who comes goes on once all are there. A test puts it between what racing requests read and
 * what they write, where one would else be done before the next has begun.
 */
export function meetingOf(count: number): () => Promise<void> {
  let missing = count;
  let open = (): void => undefined;
  const everybody = new Promise<void>((resolve) => (open = resolve));
  return () => {
    missing -= 1;
    if (missing === 0) open();
    return everybody;
  };
}
