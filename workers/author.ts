import { hostname, userInfo } from 'node:os';

/** Who steers, as `user@host`, for a run's history. */
export function authorName(): string {
  let user = process.env['USER'] ?? 'unknown';
  try {
    user = userInfo().username;
  } catch {
    // A uid without an entry in the system's list of users, as in some containers.
  }
  return `${user}@${hostname()}`;
}
