// Texts of `src/pages/newsite`: adding a site step by step, its tracking code, and checking that events arrive.

import { terms } from './terms';

export const newsite = {
  steps: ['Website', 'Tracking code', 'Goals'],
  progress: 'Steps',
  stepDone: '(done)',
  ownersOnly: 'Only an owner of all sites can add a site.',
  toSites: 'Go to your sites',

  about: {
    title: 'Add your website',
    address: 'Website address',
    addressHelp: 'As in the address bar of your browser. Events from other hosts are refused.',
    accepted: (host: string) => `Waymark will accept events from ${host}. You can add more hosts later.`,
    notAnAddress: 'This is not a valid website address. Write it as in your browser, such as shop.example.',
    name: 'Short name',
    nameHelp:
      'Used in links and in the tracking code. It can have lowercase letters, digits, - and _. ' +
      'You cannot change it later.',
    zoneHelp: 'Each day starts at midnight in this time zone.',
  },

  code: {
    title: 'Tracking code',
    install: 'Add the tracking code to your site',
    loading: 'Loading the tracking code',
    head: 'Put this into the <code><head></code> of every page:',
    label: 'the tracking code',
    weight: 'It is about 2 kB, sets no cookie without consent, and never blocks your page.',
    order: 'Track an order',
    orderHelp:
      'Call this when an order is complete. The order number (key) makes each order count once, ' +
      'even if the page is reloaded:',
    orderCall: 'the code that tracks an order',
    ownDomain: 'Serve it from your own domain',
    ownDomainHelp:
      'Ad blockers often block scripts from other domains. Let your web server pass <code>/wm/</code> on to ' +
      'Waymark, and add that server to <code>trusted_proxies</code> in the configuration of Waymark. Otherwise ' +
      'all visitors seem to have the same IP address. For nginx:',
    nginx: 'the nginx configuration',
    ownDomainCode: 'Then use this tracking code:',
    ownDomainLabel: 'the tracking code for your own domain',
    skip: 'Skip for now',
    findAgain: 'You can find the tracking code again under Settings.',
  },

  checker: {
    title: 'Check your tracking code',
    arrived: 'Events are arriving.',
    first: 'The first event was <b>{event}</b> on <b>{page}</b>.',
    next: 'The new event was <b>{event}</b> on <b>{page}</b>.',
    excluded: 'It is stored, but excluded from results.',
    waitingForFirst: 'Waiting for your first visitor…',
    waitingForNext: 'Waiting for the next event…',
    open: 'Open a page with the tracking code in another tab.',
    last: (ago: string) => `The last event arrived ${ago}.`,
    someRefused: 'Some events were refused.',
    refusedList: 'Refused events',
    refused: (n: number) => `${terms.events(n)} refused.`,
    notWorking: 'Not working?',
    help: [
      'An ad blocker may stop the tracking code. Try a private window without extensions.',
      'The content security policy of your page must allow the host of the script in script-src and connect-src.',
      'You may see an old copy of the page from a cache. Check that its source contains “wm.js”.',
    ],
  },

  /** Why an event was refused or excluded from results, and what to do, by the code of the API. */
  reasons: {
    host_not_listed: {
      why: 'The host of the page is not listed for this site.',
      todo: 'Add the host under Settings → Site, or open the page on a listed host.',
    },
    unknown_site: {
      why: 'The tracking code belongs to a site that does not exist.',
      todo: 'Copy the tracking code again. Its data-site must be the name of this site.',
    },
    bad_url: {
      why: 'The page address is not valid.',
      todo: 'Open the page with http or https.',
    },
    bad_name: {
      why: 'The event name has no visible character.',
      todo: 'Use a short, plain name.',
    },
    bad_value: { why: 'The value is not a valid amount.', todo: 'Write it like “19.90 EUR”.' },
    bad_currency: {
      why: 'The currency is not a code of three letters.',
      todo: 'Write EUR, USD or GBP, for example.',
    },
    unknown_field: {
      why: 'The event has a field that Waymark does not know.',
      todo: 'Send your own data as properties.',
    },
    rate_limited: {
      why: 'Too many events came from one network.',
      todo: 'Wait a minute. If a proxy is in front of Waymark, add it to the trusted proxies in the configuration.',
    },
    local_host: {
      why: 'The page is on a developer’s computer.',
      todo: 'The tracking code works. Events from your public website count.',
    },
    test: {
      why: 'The event was sent as a test.',
      todo: 'Remove data-test from the tracking code to count such events.',
    },
    internal: {
      why: 'The event came from one of your own networks.',
      todo: 'The tracking code works. Visitors from other networks count.',
    },
    bot: {
      why: 'The event came from a bot or an automated browser.',
      todo: 'Open the page in a normal browser.',
    },
  },
  otherReason: {
    why: (code: string) => `The reason is “${code}”.`,
    todo: 'Look up this code in the documentation on collecting events.',
  },

  goals: {
    title: 'What is success on this site?',
    lead:
      'Choose one goal, such as a purchase, a booking or a donation. It becomes your headline. ' +
      'All other goals are measured by how they lead to it.',
    loading: 'Loading suggestions',
    headline: 'Headline',
    likelyOrder: (n: number) => `${terms.events(n)}. Probably your headline, because it has an order number.`,
    likelyValue: (n: number) => `${terms.events(n)}. Probably your headline, because it has a value.`,
    onlyPageViews:
      'So far, only page views have arrived. Do what counts on your site, such as a test order. If your site ' +
      'sends an event for it, the event appears here within seconds. Or choose a page:',
    thanksPage: 'A thank-you page that only buyers see',
    page: 'Page',
    pageExample: '/thanks*',
    pageHelp: 'Use * for any text.',
    goalName: 'Name of the goal',
    others: 'Which other events matter?',
    othersLead:
      'Milestones are steps toward the headline. Secondary actions show interest. Neither counts as success.',
    roleOf: (event: string) => `Role of ${event}`,
    notAGoal: 'Not a goal',
    start: (n: number) => `Start with ${terms.goals(n)}`,
    back: 'Back',
    later: 'Do this later',
    changeable: 'You can change goals at any time. Changes apply to past events too.',
  },
};
