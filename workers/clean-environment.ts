const passed = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TEMP',
  'TMP',
  'TZ',
  'LANG',
  'LC_ALL',
  'SystemRoot',
  'SYSTEMROOT',
  'ComSpec',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
];

/** What `go install` needs besides: its own settings, proxies and certificates. */
const forBuilding = /^(GO[A-Z0-9]*|CGO_\w+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|SSL_CERT_\w+|GIT_SSL_CAINFO)$/;

/**
 * The environment for programs that have no business with our secrets: only names known to be harmless pass, so that a
 * key under any other name never reaches them.
 */
export function cleanEnvironment(env: NodeJS.ProcessEnv, purpose: 'run' | 'build' = 'run'): NodeJS.ProcessEnv {
  const names = Object.keys(env).filter(
    (name) => passed.includes(name) || (purpose === 'build' && forBuilding.test(name)),
  );
  return Object.fromEntries(names.map((name) => [name, env[name]]));
}
