/** A form of a page. */
export interface Form {
  /** Absolute. */
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** Names of the fields that a person fills in. */
  readonly fields: readonly string[];
}

/** The forms of an HTML page that are sent by POST. */
export function formsIn(html: string, pageUrl: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].flatMap(([, tag = '', inside = '']) => {
    const form = attributesOf(tag);
    if ((form.get('method') ?? 'get').toLowerCase() !== 'post') return [];
    const inputs = [...inside.matchAll(/<input\b([^>]*)>/gi)].map(([, input = '']) => attributesOf(input));
    const named = inputs.filter((input) => input.has('name'));
    const isHidden = (input: Map<string, string>) => input.get('type')?.toLowerCase() === 'hidden';
    return {
      action: new URL(form.get('action') || pageUrl, pageUrl).href,
      hidden: Object.fromEntries(
        named.filter(isHidden).map((input) => [input.get('name') ?? '', input.get('value') ?? '']),
      ),
      fields: named.filter((input) => !isHidden(input)).map((input) => input.get('name') ?? ''),
    };
  });
}

/** What a page opens in frames. Absolute URLs, as far as they are written so. */
export function framesIn(html: string): string[] {
  return [...html.matchAll(/<iframe\b([^>]*)>/gi)].flatMap(
    ([, tag = '']) => attributesOf(tag).get('src') ?? [],
  );
}

/** Where a page goes on by itself. */
export function refreshIn(html: string): string | undefined {
  const tags = [...html.matchAll(/<meta\b([^>]*)>/gi)].map(([, tag = '']) => attributesOf(tag));
  const refresh = tags.find((meta) => meta.get('http-equiv')?.toLowerCase() === 'refresh');
  return /^\s*\d+\s*;\s*url=(.+)$/i.exec(refresh?.get('content') ?? '')?.[1];
}

function attributesOf(tag: string): Map<string, string> {
  const found = tag.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return new Map(
    [...found].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decodeHtml(double ?? single ?? bare ?? ''),
    ]),
  );
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Resolves the character references that servers write into attributes. */
export function decodeHtml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal ? String.fromCodePoint(Number(decimal)) : (entities[name] ?? whole);
  });
}
