const END_OF_HEAD = '\r\n\r\n';

export interface Answer {
  status: number;
  body: string;
}

/** Reads answers of HTTP/1.1 from the bytes of a connection, one after the other. It knows what our servers send, and no more. */
export class AnswerReader {
  private text = '';

  /** @returns the answer that is complete with these bytes, or null */
  read(bytes: Buffer): Answer | null {
    // One byte a character, so that lengths are those of the header.
    this.text += bytes.toString('latin1');
    const headEnd = this.text.indexOf(END_OF_HEAD);
    if (headEnd < 0) return null;
    const status = Number(this.text.slice(9, 12));
    const start = headEnd + END_OF_HEAD.length;
    const end = this.endOfBody(status, this.text.slice(0, headEnd), start);
    if (end === null) return null;
    const body = this.text.slice(start, end);
    this.text = this.text.slice(end);
    return { status, body };
  }

  private endOfBody(status: number, head: string, start: number): number | null {
    if (status === 204 || status === 304) return start;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      const end = start + Number(length);
      return this.text.length >= end ? end : null;
    }
    const last = this.text.endsWith(`0${END_OF_HEAD}`) ? this.text.length : -1;
    return last < 0 ? null : last;
  }
}
