import { connect, createServer } from 'node:net';

/** A port that nobody listens on just now. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/**
 * A start-up packet: while PostgreSQL is still starting it answers E (error), afterwards R (authentication).
 * @param {number} port
 */
export function postgresAnswers(port) {
  const text = 'user\0postgres\0database\0postgres\0\0';
  const packet = Buffer.alloc(8 + text.length);
  packet.writeInt32BE(packet.length, 0);
  packet.writeInt32BE(196_608, 4);
  packet.write(text, 8);
  return exchange(port, packet, (data) => data[0] === 0x52);
}

/** MariaDB greets whoever connects. @param {number} port */
export function mariadbAnswers(port) {
  return exchange(port, '', (data) => data.length > 4 && data[4] !== 0xff);
}

/** @param {number} port */
export function redisAnswers(port) {
  return exchange(port, 'PING\r\n', (data) => data.toString().startsWith('+PONG'));
}

/** Whether anybody listens. @param {number} port */
export function accepts(port) {
  return exchange(port, undefined, () => true);
}

/**
 * Connects, says something and judges the first answer; `undefined` asks for nothing but the connection.
 * @param {number} port
 * @param {string | Buffer | undefined} question
 * @param {(data: Buffer) => boolean} judge
 * @returns {Promise<boolean>}
 */
function exchange(port, question, judge) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    /** @param {boolean} answer */
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.once('connect', () => (question === undefined ? end(true) : socket.write(question)));
    socket.once('data', (data) => end(judge(data)));
  });
}
