/** A setting that `run.ts` gives to the programs which it starts. @throws if it is missing */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: this program is started by bench/run.ts.`);
  return value;
}
