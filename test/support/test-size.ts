/**
 * `RCU_TEST_SIZE=full` tries what takes minutes in the size that an attack has: tens of thousands of requests, half a minute of load.
 * Without it the same is tried with fewer, so that all tests take minutes, not hours.
 */
export const isFullSize = process.env.RCU_TEST_SIZE === 'full';
