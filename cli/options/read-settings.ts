import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { Option, type Command } from 'commander';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { UserError } from '../terminal/user-error';
import { runSettings, type RunSettings, type SettingName } from './run-settings';

const names = Object.keys(runSettings) as SettingName[];
/** Settings that name a folder: in a file they are relative to that file. */
const folders: SettingName[] = ['skill', 'data'];

/** Adds a flag for each setting, and `--config FILE`. */
export function addSettingFlags(command: Command): Command {
  return addFlagsOf(command, names).option('--config <FILE>', 'YAML file with any of these settings; flags win');
}

/** Adds the flags of some settings. */
export function addFlagsOf(command: Command, some: readonly SettingName[]): Command {
  for (const name of some) {
    const { value, help, ...rest } = runSettings[name];
    const option = new Option(value === null ? `--${name}` : `--${name} <${value}>`, help);
    if ('many' in rest) option.argParser((given: string, before: string[] | undefined) => [...(before ?? []), given]);
    command.addOption(option);
  }
  return command;
}

/**
 * The settings of flags over those of the YAML file that `--config` names.
 *
 * @throws UserError that names the flag, or file, line and key, what was expected, and near names of an unknown key
 */
export async function readSettings(options: Record<string, unknown>): Promise<RunSettings> {
  const file = typeof options['config'] === 'string' ? await readSettingsFile(options['config']) : {};
  const flags: Record<string, unknown> = {};
  for (const name of names) {
    const given = flagGiven(options, name);
    if (given !== undefined) flags[name] = check(name, given, `--${name}`);
  }
  return { ...file, ...flags };
}

/** Commander keeps `--no-x` as `x: false`, which is true where the flag isn't given. */
function flagGiven(options: Record<string, unknown>, name: SettingName): unknown {
  const key = (text: string): string => text.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
  if (name.startsWith('no-')) return options[key(name.slice('no-'.length))] === false ? true : undefined;
  return options[key(name)];
}

/** The settings of a YAML file; folders in it are made absolute, from the file's own place. */
export async function readSettingsFile(path: string): Promise<RunSettings> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`--config: ${path} cannot be read (${code}). Name an existing YAML file.`, 2, { cause: error });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problem = document.errors[0];
  if (problem) throw new UserError(`${path}: not valid YAML: ${problem.message.split('\n')[0]}`, 2);
  if (document.contents === null) return {};
  if (!isMap(document.contents)) {
    throw new UserError(`${path}: expected settings as \`key: value\` lines, got something else.`, 2);
  }
  const settings: Record<string, unknown> = {};
  for (const pair of document.contents.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : '?';
    const at = isScalar(pair.key) && pair.key.range ? `:${lines.linePos(pair.key.range[0]).line}` : '';
    if (!isSetting(key)) throw new UserError(`${path}${at}: unknown key "${key}". ${nearest(key)}`, 2);
    const node = pair.value as { toJS?: (document: unknown) => unknown } | null;
    const value = check(key, node?.toJS?.(document) ?? null, `${path}${at}: ${key}`);
    settings[key] = folders.includes(key) && typeof value === 'string' ? fromFile(path, value) : value;
  }
  return settings;
}

function fromFile(path: string, folder: string): string {
  return isAbsolute(folder) ? folder : join(dirname(path), folder);
}

function isSetting(name: string): name is SettingName {
  return Object.hasOwn(runSettings, name);
}

function check(name: SettingName, given: unknown, where: string): unknown {
  const result = runSettings[name].schema.safeParse(given);
  if (result.success) return result.data;
  // zod's own words for what one of several texts must be.
  const expected = result.error.issues[0]?.message.replace(/^Invalid option: /, '') ?? 'not valid';
  throw new UserError(`${where}: ${expected}, got ${JSON.stringify(given)}.`, 2);
}

function nearest(key: string): string {
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');
  const begins = (name: string): boolean => plain(key) !== '' && plain(name).startsWith(plain(key));
  const same = names.find(begins);
  return same ? `Did you mean "${same}"?` : `Known keys: ${names.join(', ')}.`;
}
