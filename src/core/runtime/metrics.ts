/** One family of Prometheus' text format. Values are computed from state when they are read; nothing ticks (Q45). */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Appended to the name: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels: { readonly [label: string]: string };
  readonly value: number;
}

/** Families as text; families of one name are joined, labels are escaped. */
export function renderMetrics(metrics: readonly Metric[]): string {
  const families = new Map<string, Metric[]>();
  for (const metric of metrics) families.set(metric.name, [...(families.get(metric.name) ?? []), metric]);
  const lines: string[] = [];
  for (const [name, parts] of families) {
    const first = parts[0];
    if (!first) continue;
    lines.push(`# HELP ${name} ${first.help}`, `# TYPE ${name} ${first.type}`);
    for (const { samples } of parts) {
      for (const { suffix = '', labels, value } of samples) lines.push(`${name}${suffix}${labelText(labels)} ${numberText(value)}`);
    }
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function numberText(value: number): string {
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
}

/** A histogram with fixed upper bounds. */
export class Histogram {
  private readonly counts: number[];
  private sum = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let i = 0;
    while (i < this.bounds.length && value > (this.bounds[i] as number)) i++;
    this.counts[i] = (this.counts[i] as number) + 1;
    this.sum += value;
  }

  samples(labels: Sample['labels']): readonly Sample[] {
    let total = 0;
    const buckets = this.counts.map((count, i) => ({ suffix: '_bucket', labels: { ...labels, le: numberText(this.bounds[i] ?? Infinity) }, value: (total += count) }));
    return [...buckets, { suffix: '_sum', labels, value: this.sum }, { suffix: '_count', labels, value: total }];
  }
}
