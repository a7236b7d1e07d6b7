import { z } from 'zod';
import { pastCalls, type ChatRequest } from './chat-request';

const SkillArguments = z.object({ name: z.string() });
const ReferenceArguments = z.object({ path: z.string() });

/** What of the skills a conversation has disclosed so far: names and descriptions, bodies, references. */
export interface ShownSkill {
  /** Names offered in the system prompt. */
  offered: string[];
  /** Bodies returned by `activate_skill`. */
  bodies: string[];
  /** Paths asked for through `read_reference`. */
  referencesAsked: string[];
  /** All of it as one text. */
  text: string;
}

/** Reads the skill text out of the request's own messages; nothing else counts as shown. */
export function shownSkill(request: ChatRequest): ShownSkill {
  const system = request.messages
    .filter((message) => message.role === 'system' || message.role === 'developer')
    .map((message) => message.content)
    .join('\n');
  const list = /^Available skills:\n((?:- .*(?:\n|$))+)/m.exec(system)?.[1] ?? '';
  const lines = [...list.matchAll(/^- ([^:\n]+): ?(.*)$/gm)];
  const calls = pastCalls(request);
  // A call whose arguments were spoiled disclosed nothing and has to be made again.
  const bodies = calls
    .filter((call) => call.name === 'activate_skill' && SkillArguments.safeParse(safeJson(call.arguments)).success)
    .map((call) => call.result ?? '');
  const references = calls.filter((call) => call.name === 'read_reference');
  return {
    offered: lines.map((line) => (line[1] ?? '').trim()),
    bodies,
    referencesAsked: references.flatMap((call) => {
      const path = ReferenceArguments.safeParse(safeJson(call.arguments));
      return path.success ? [path.data.path] : [];
    }),
    text: [
      ...lines.map((line) => `- ${line[2] ?? ''}`),
      ...bodies,
      ...references.map((call) => call.result ?? ''),
    ].join('\n\n'),
  };
}

/** The parsed text, or null where it is no JSON. */
export function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A line of a skill's body that sends the reader to a reference under a condition. */
export interface Pointer {
  path: string;
  trigger: string;
}

/** Pointers of the form "Read references/x.md when <trigger>." in a skill's body. */
export function pointersIn(body: string): Pointer[] {
  return [...body.matchAll(/\bread\s+`?(references\/[\w.-]+?\.md)`?\s+(?:when|if)\s+([^.\n]+)/gi)].map((match) => ({
    path: match[1] ?? '',
    trigger: match[2] ?? '',
  }));
}
