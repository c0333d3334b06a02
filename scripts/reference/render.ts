import { configSchema } from '../../apps/bff/src/config/schema.ts';

interface SchemaNode {
  readonly type?: unknown;
  readonly description?: unknown;
  readonly default?: unknown;
  readonly properties?: object;
  readonly required?: readonly string[];
  readonly items?: unknown;
  readonly anyOf?: readonly { readonly const?: unknown; readonly type?: unknown }[];
}

const introduction = `# Configuration

<!-- Made by scripts/reference.ts from apps/bff/src/config/schema.ts: edit the descriptions there. -->

A JSON file, named by \`--config\` or \`COATCHECK_CONFIG\`. The environment wins over the file: \`session.idleTimeout\` is
\`COATCHECK_SESSION_IDLE_TIMEOUT\`, \`providers[0].clientSecret\` is \`COATCHECK_PROVIDERS_0_CLIENT_SECRET\`, and with
\`_FILE\` at the end the value is read from a file. In the file itself, \`{"file": "path"}\` and \`{"env": "NAME"}\` stand
for what they refer to. Paths are read from the file's folder. Durations are a number and a unit: \`500ms\`, \`30s\`,
\`30m\`, \`12h\`, \`7d\`. An unknown key is an error. Every problem is told at once, and nothing starts.

The JSON Schema, for editors: \`coatcheck config schema\`. The plugin \`@coatcheck/bff\` takes the same options but
\`listen\`, \`management\`, \`workers\`, \`tls\`, \`spa\`, \`log\` and \`shutdown\`, with secrets as plain values.

| Key | Type | Default | |
|---|---|---|---|
`;

/** The configuration reference as Markdown. */
export function renderReference(): string {
  return `${introduction}${rowsOf(configSchema, '').join('\n')}\n`;
}

function rowsOf(schema: SchemaNode, at: string): string[] {
  return Object.entries<unknown>({ ...schema.properties }).flatMap(([name, child]) => {
    if (!isNode(child)) return [];
    const path = at === '' ? name : `${at}.${name}`;
    const items = isNode(child.items) && child.items.properties ? child.items : undefined;
    if (child.properties) return rowsOf(child, path);
    const required = schema.required?.includes(name) ?? false;
    const fallback =
      child.default === undefined ? (required ? '**required**' : '') : `\`${String(child.default)}\``;
    const row = `| \`${path}\` | ${typeOf(child)} | ${fallback} | ${String(child.description ?? '')} |`;
    return items ? [row, ...rowsOf(items, `${path}[]`)] : [row];
  });
}

function typeOf(node: SchemaNode): string {
  const choices = node.anyOf?.map((one) =>
    one.const === undefined ? typeOf(one) : `\`${String(one.const)}\``,
  );
  if (choices) return choices.join(', ');
  if (node.type === 'array')
    return isNode(node.items) && node.items.type === 'object' ? 'list' : 'list of text';
  if (node.type === 'string') return 'text';
  if (node.type === 'integer') return 'number';
  return node.type === 'boolean' ? 'yes or no' : 'map';
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null;
}
