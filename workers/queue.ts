import { createHash } from 'node:crypto';

/**
 * Name of the task queue that runs of one provider and one store share: a worker serves exactly the runs whose calls go
 * where its own go and whose artifacts it can see.
 *
 * @param provider identity of who answers: the endpoint's base URL, or `simulator:<seed>`
 * @param storeId id of the artifact store
 */
export function taskQueueName(provider: string, storeId: string): string {
  const digest = createHash('sha256').update(`${provider}\0${storeId}`).digest('hex');
  return `skillgrad-${digest.slice(0, 12)}`;
}
