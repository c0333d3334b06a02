/** Sends a command to a target and listens to its events. */
export interface Target {
  send(method: string, params?: object): Promise<unknown>;
  on(method: string, listener: (params: unknown) => void): void;
}

/** Takes a heap snapshot (after a garbage collection, which V8 does itself) and gives every string in it. */
export async function readHeap(target: Target): Promise<string[]> {
  const chunks: string[] = [];
  target.on('HeapProfiler.addHeapSnapshotChunk', (params) => {
    if (typeof params === 'object' && params !== null && 'chunk' in params) chunks.push(String(params.chunk));
  });
  await target.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  return stringsOf(parseSnapshot(chunks.join('')));
}

interface Snapshot {
  nodeFields: string[];
  nodeTypes: string[];
  edgeFields: string[];
  nodes: number[];
  edges: number[];
  strings: string[];
}

function parseSnapshot(text: string): Snapshot {
  const parsed: unknown = JSON.parse(text);
  const meta = member(member(parsed, 'snapshot'), 'meta');
  return {
    nodeFields: strings(member(meta, 'node_fields')),
    nodeTypes: strings(list(member(meta, 'node_types'))[0]),
    edgeFields: strings(member(meta, 'edge_fields')),
    nodes: numbers(member(parsed, 'nodes')),
    edges: numbers(member(parsed, 'edges')),
    strings: strings(member(parsed, 'strings')),
  };
}

/**
 * The string table holds flat strings only. A string that was put together (`a + b`) is a rope: a node whose edges
 * `first` and `second` lead to its halves. Those are put together here.
 */
function stringsOf(snapshot: Snapshot): string[] {
  const { nodeFields, nodeTypes, edgeFields, nodes, edges, strings: table } = snapshot;
  const nodeSize = nodeFields.length;
  const edgeSize = edgeFields.length;
  const [typeAt, nameAt, edgeCountAt] = ['type', 'name', 'edge_count'].map((field) =>
    nodeFields.indexOf(field),
  );
  const [edgeNameAt, toAt] = ['name_or_index', 'to_node'].map((field) => edgeFields.indexOf(field));
  const at = (array: number[], base: number, offset: number | undefined) => array[base + (offset ?? 0)] ?? 0;
  const ropeType = nodeTypes.indexOf('concatenated string');
  const [first, second] = ['first', 'second'].map((name) => table.indexOf(name));

  const halves = new Map<number, [number, number]>();
  const inner = new Set<number>();
  let edge = 0;
  for (let node = 0; node < nodes.length; node += nodeSize) {
    const end = edge + at(nodes, node, edgeCountAt) * edgeSize;
    if (at(nodes, node, typeAt) === ropeType) {
      const pair: [number, number] = [-1, -1];
      for (let one = edge; one < end; one += edgeSize) {
        const name = at(edges, one, edgeNameAt);
        if (name === first) pair[0] = at(edges, one, toAt);
        if (name === second) pair[1] = at(edges, one, toAt);
      }
      halves.set(node, pair);
      for (const half of pair) inner.add(half);
    }
    edge = end;
  }
  const ropes = [...halves.keys()].filter((node) => !inner.has(node));
  return [
    ...table,
    ...ropes.map((rope) => flatten(rope, halves, (leaf) => table[at(nodes, leaf, nameAt)] ?? '')),
  ];
}

function flatten(
  rope: number,
  halves: Map<number, [number, number]>,
  textOf: (leaf: number) => string,
): string {
  const parts: string[] = [];
  const pending = [rope];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const pair = halves.get(node);
    if (pair) pending.push(pair[1], pair[0]);
    else if (node >= 0) parts.push(textOf(node));
  }
  return parts.join('');
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value))
    throw new Error(`Heap snapshot without ${name}.`);
  return (value as Record<string, unknown>)[name];
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error('Heap snapshot of an unknown form.');
  return value;
}

function strings(value: unknown): string[] {
  return list(value).filter((one) => typeof one === 'string');
}

/** Millions of numbers: the first tells for all. */
function numbers(value: unknown): number[] {
  const all = list(value);
  if (all.length > 0 && typeof all[0] !== 'number') throw new Error('Heap snapshot of an unknown form.');
  return all as number[];
}
