// Why an event was not stored, or is left out of results, and what to do: the codes of docs/collecting.md in plain words.

export interface Reason {
  why: string;
  todo: string;
}

const REASONS: Record<string, Reason> = {
  host_not_listed: {
    why: 'The page is on a host that the site does not list.',
    todo: 'Add the host under Settings → Site, or open the page on a host that is listed.',
  },
  unknown_site: {
    why: 'The snippet names a site that is not there.',
    todo: 'Copy the snippet again: data-site must be the name of this site.',
  },
  bad_url: { why: 'The address of the page cannot be read.', todo: 'Open the page over http or https.' },
  bad_name: {
    why: 'The event’s name is empty, too long, or has odd characters.',
    todo: 'Use a short plain name.',
  },
  bad_value: { why: 'The value is no amount.', todo: 'Write it like “19.90 EUR”.' },
  bad_currency: { why: 'The currency is no code of three letters.', todo: 'Write EUR, USD, GBP, …' },
  unknown_field: {
    why: 'It has a field that Waymark does not know.',
    todo: 'Put what is your own into its properties.',
  },
  rate_limited: {
    why: 'Too many events came from one network.',
    todo: 'Wait a minute. Are you behind a proxy? Name it in trusted_proxies.',
  },
  local_host: {
    why: 'The page is on a machine of a developer.',
    todo: 'It works. Such events are kept as tests; those from your public address count.',
  },
  test: { why: 'It was sent as a test.', todo: 'Take data-test out of the snippet to count it.' },
  internal: {
    why: 'It came from one of your own networks.',
    todo: 'It works. Visitors from elsewhere count.',
  },
  bot: {
    why: 'It came from a robot, or from a browser that nobody sits at.',
    todo: 'Open the page in a common browser.',
  },
};

/** In plain words; a code that has none of its own stands for itself. */
export const reason = (code: string): Reason =>
  REASONS[code] ?? { why: `The reason is ${code}.`, todo: 'docs/collecting.md says what it means.' };
