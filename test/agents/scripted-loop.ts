import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolLoop } from '../../agents/tool-loop';
import type { Role } from '../../records/run-config';
import { unlimited } from '../../records/usage';
import { openStore } from '../../store/artifact-store';
import { openJournal } from '../../store/journal';
import { completion, json, startEndpoint } from './model/endpoint';

/** A tool call as the model is to make it; `arguments` is sent as JSON. */
export interface ScriptedCall {
  name: string;
  arguments: unknown;
}

/** A role's loop whose model, behind HTTP, says what a script says; journal and store are real. */
export interface ScriptedLoop {
  loop: Omit<ToolLoop, 'user' | 'tools' | 'maxOverflows' | 'snapshot'>;
  /** Texts of the conversation as the model got it with its last call, by role of the speaker. */
  said(speaker: 'user' | 'tool'): string[];
  calls(): number;
}

/** Makes loops for one test file; the last answer of a script repeats. */
export async function scriptedLoops(): Promise<{
  loop(role: Role, script: readonly ScriptedCall[][], maxTurns?: number): Promise<ScriptedLoop>;
  close(): Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgrad-roles-'));
  const store = await openStore(folder);
  const endpoint = await startEndpoint();
  let journals = 0;
  return {
    loop: async (role, script, maxTurns = 6) => {
      endpoint.respond(
        ...script.map((calls) => {
          const toolCalls = calls.map((made, index) => ({
            id: `call-${index}`,
            type: 'function',
            function: { name: made.name, arguments: JSON.stringify(made.arguments) },
          }));
          return json(200, completion({ content: '', tool_calls: toolCalls }));
        }),
      );
      journals += 1;
      return {
        loop: {
          role,
          model: 'tiny',
          client: endpoint.client(),
          price: null,
          system: 'Do your duty.',
          maxTurns,
          repairRounds: 3,
          maxAnswerTokens: 1000,
          callTimeoutMs: 10_000,
          runSeed: 1,
          subject: 's',
          sample: 0,
          allowance: unlimited,
          withdrawal: () => Promise.resolve(null),
          journal: await openJournal(store, 'run', `journal-${journals}`, 'test'),
          signal: new AbortController().signal,
        },
        said: (speaker) => {
          const messages = (endpoint.seen.at(-1)?.body['messages'] ?? []) as { role: string; content: string }[];
          return messages.filter(({ role: by }) => by === speaker).map(({ content }) => content);
        },
        calls: () => endpoint.seen.length,
      };
    },
    close: async () => {
      await endpoint.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
