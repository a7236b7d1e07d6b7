import pino from 'pino';

export const workerLog = pino({ name: 'skillgrad-worker', level: process.env['SKILLGRAD_LOG_LEVEL'] ?? 'info' });
