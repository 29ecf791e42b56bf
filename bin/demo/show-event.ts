import type { WireEvent } from './client.ts';
import type { Line, Screen } from './screen.ts';

type Told<Type extends WireEvent['type']> = Extract<WireEvent, { type: Type }>;

/** One event of a run, for a person. */
export function showEvent(screen: Screen, event: WireEvent): void {
  switch (event.type) {
    case 'text.delta':
      screen.flow('says', event.data.text);
      break;
    case 'reasoning.delta':
      screen.flow('thinks', event.data.text);
      break;
    case 'approval.requested':
      showRequest(screen, event);
      break;
    default:
      screen.line(...lineOf(event));
  }
}

type InALine = Exclude<WireEvent, Told<'text.delta' | 'reasoning.delta' | 'approval.requested'>>;

function lineOf(event: InALine): Line {
  switch (event.type) {
    case 'step.started':
      return ['step', `${event.data.step}`];
    case 'step.reset':
      return ['again', `step ${event.data.step}, after a crash`];
    case 'tool.started':
      return ['calls', `${event.data.tool} ${JSON.stringify(event.data.arguments)}`];
    case 'tool.completed':
      return ['gets', short(JSON.stringify(event.data.result))];
    case 'tool.failed':
      return ['fails', `${event.data.tool}: ${event.data.message}`, 'red'];
    case 'progress':
      return ['progress', progressOf(event)];
    case 'approval.reminder':
      return ['reminds', `${event.data.tool} waits for a decision`];
    case 'approval.decided':
      return ['decided', `${event.data.decision} by ${event.data.decidedBy}`];
    case 'followups':
      return ['suggests', event.data.questions.join('\n')];
    case 'run.failed':
      return ['FAILED', `${event.data.code}: ${event.data.message}`, 'red'];
    case 'run.cancelled':
      return ['CANCELLED', event.data.reason, 'red'];
    default:
      return [statusAfter[event.type], '', 'bold'];
  }
}

const statusAfter = {
  'run.queued': 'QUEUED',
  'run.started': 'RUNNING',
  'run.resumed': 'RUNNING',
  'run.paused': 'PAUSED',
  'run.completed': 'COMPLETED',
} as const;

const shownCharacters = 200;

const short = (text: string) =>
  text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;

const progressOf = ({ data: { phase, percentage, message } }: Told<'progress'>) =>
  [phase, percentage === undefined ? '' : `${Math.round(percentage)} %`, message ?? '']
    .filter((part) => part !== '')
    .join(' · ');

/** All of what is asked for, however long: a person approves exactly this call. */
function showRequest(screen: Screen, { data }: Told<'approval.requested'>): void {
  screen.line('approval', `${data.reason} Exactly this call:`, 'yellow');
  screen.text(`\n${data.tool}(${JSON.stringify(data.arguments, null, 2)})\n`);
  screen.line('', `It waits until ${new Date(data.expiresAt).toISOString()}.`);
}
