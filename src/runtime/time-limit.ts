/**
 * The result of the work, or an error once the time is up. The work goes on, and nobody hears of its end.
 * @param milliseconds - whole
 */
export async function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // After a stall of the event loop the answer may lie in the socket already: let it be read first.
      setImmediate(() => reject(new Error(`no answer within ${milliseconds} ms`)));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
