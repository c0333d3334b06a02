import { problemCodes, signedOutReasons } from '@coatcheck/protocol';
import type { Audit, AuditEvent } from './audit.ts';

/** Counters for Prometheus, fed by the audit events; no label names a person, a session or a URL. */
export interface Metrics {
  readonly count: Audit;
  /** The text exposition format, version 0.0.4. */
  render(): string;
}

const help = {
  coatcheck_logins_total: 'Sign-ins by result.',
  coatcheck_sessions_started_total: 'Sessions started.',
  coatcheck_sessions_ended_total: 'Sessions ended by reason.',
  coatcheck_token_refresh_total: 'Token refreshes by result.',
  coatcheck_requests_refused_total: 'Requests refused by code.',
} as const;

type Series = `${keyof typeof help}${string}`;

/** Every series exists from the start, so that a rate over it is right from the first event. */
export function createMetrics(): Metrics {
  const counters = new Map<Series, number>([
    ...(['started', 'ok', 'failed'] as const).map(
      (result) => [`coatcheck_logins_total{result="${result}"}`, 0] as const,
    ),
    ['coatcheck_sessions_started_total', 0],
    ...signedOutReasons
      .filter((reason) => reason !== 'none')
      .map((reason) => [`coatcheck_sessions_ended_total{reason="${reason}"}`, 0] as const),
    ...(['ok', 'failed'] as const).map(
      (result) => [`coatcheck_token_refresh_total{result="${result}"}`, 0] as const,
    ),
    ...problemCodes.map((code) => [`coatcheck_requests_refused_total{code="${code}"}`, 0] as const),
  ]);
  return {
    count(event) {
      for (const series of seriesOf(event)) {
        const value = counters.get(series);
        if (value !== undefined) counters.set(series, value + 1);
      }
    },
    render() {
      const lines: string[] = [];
      for (const [name, text] of Object.entries(help)) {
        lines.push(`# HELP ${name} ${text}`, `# TYPE ${name} counter`);
        for (const [series, value] of counters) {
          if (series === name || series.startsWith(`${name}{`)) lines.push(`${series} ${value}`);
        }
      }
      return `${lines.join('\n')}\n`;
    },
  };
}

function seriesOf(event: AuditEvent): Series[] {
  switch (event.event) {
    case 'login.started':
      return ['coatcheck_logins_total{result="started"}'];
    case 'login.failed':
      return ['coatcheck_logins_total{result="failed"}'];
    case 'session.started':
      return ['coatcheck_logins_total{result="ok"}', 'coatcheck_sessions_started_total'];
    case 'session.ended':
      return [`coatcheck_sessions_ended_total{reason="${event.reason}"}`];
    case 'token.refreshed':
      return ['coatcheck_token_refresh_total{result="ok"}'];
    case 'token.refresh_failed':
      return ['coatcheck_token_refresh_total{result="failed"}'];
    case 'request.refused':
      return [`coatcheck_requests_refused_total{code="${event.code}"}`];
    case 'connection.ended':
    case 'session.open_failed':
    case 'token.revocation_failed':
      return [];
  }
}
