// Texts of `src/pages/settings`: one block for each part of the settings.

import { list } from '../intl';
import { terms } from './terms';

export const settings = {
  loading: 'Loading the settings',
  nav: 'Parts of the settings',
  parts: {
    site: 'Site',
    install: 'Tracking code',
    identity: 'Identity and consent',
    kept: 'Data collection',
    data: 'Retention and deletion',
    orders: 'Test orders',
    export: 'Export',
    members: 'Members',
    shares: 'Shared links',
    keys: 'API keys',
    changes: 'Changes',
    backup: 'Backup',
  },

  siteName: 'the name of the site',
  by: 'By',
  createdBy: (person: string) => `by ${person}`,
  unknownDate: '–',

  change: {
    title: 'What will change',
    nothing: 'Your numbers stay the same.',
    undo: 'Undo',
  },

  /** What a change of the settings does, before it is saved. */
  effects: {
    zone: (zone: string) =>
      `Days will run from midnight to midnight in ${zone}, past days too. Numbers by day change. ` +
      'Totals of all time stay the same.',
    zoneVisitors:
      'Visitors without consent are recognised for one day at a time. Those who visit around the change may count twice.',
    longerGap: (length: string) =>
      `Sessions will end after ${length} without events, past sessions too. There will be fewer sessions, so ` +
      'session rates change, and goals that count once per session. Visitors stay the same.',
    shorterGap: (length: string) =>
      `Sessions will end after ${length} without events, past sessions too. There will be more sessions, so ` +
      'session rates change, and goals that count once per session. Visitors stay the same.',
    anyHost: 'Waymark will accept events from any host, even from copies of your pages.',
    onlyHosts: (hosts: string[]) =>
      `Waymark will accept events only from ${list(hosts)} and refuse all others. Stored events stay.`,
    moreHosts: (hosts: string[]) => `Waymark will accept events from ${list(hosts)}.`,
    fewerHosts: (hosts: string[]) => `Waymark will refuse events from ${list(hosts)}. Stored events stay.`,
    moreParams: (names: string[]) =>
      `Waymark will keep ${list(names)} in page addresses. Make sure that this never identifies a person. ` +
      'Stored addresses do not change.',
    fewerParams: (names: string[]) =>
      `Waymark will remove ${list(names)} from page addresses. Stored addresses do not change.`,
    moreInternal: (networks: string[]) =>
      `New events from ${list(networks)} will be stored, but excluded from results. Past events still count: ` +
      'Waymark does not store IP addresses, so it cannot find them.',
    fewerInternal: (networks: string[]) =>
      `New events from ${list(networks)} will count. Past events stay excluded.`,
    morePayment: (hosts: string[]) =>
      `Visitors who return from ${list(hosts)} will keep their earlier source. Past sessions do not change.`,
    fewerPayment: (hosts: string[]) =>
      `Visitors who come from ${list(hosts)} will get it as their source. Past sessions do not change.`,
    kept: {
      usual: (months: number) =>
        `Collected events will be kept for ${terms.months(months)}, and imported events until you change this.`,
      forever: 'Events will be kept until you change this.',
      months: (months: number) => `Events will be kept for ${terms.months(months)}.`,
    },
    noneRestored: 'Events that were already deleted do not come back.',
    deleted: {
      all: (day: string) => `Events from before ${day} will be deleted within a day.`,
      collected: (day: string) => `Collected events from before ${day} will be deleted within a day.`,
      imported: (day: string) => `Imported events from before ${day} will be deleted within a day.`,
    },
    onlyBackup: 'Reports on that time will be empty. Only a backup can bring the events back.',
  },

  site: {
    eventsSince: (events: number, day: string) => `${terms.events(events)} since ${day}`,
    noEvents: 'no events yet',
    nameHelp: 'Used in links and in the tracking code. You cannot change it later.',
    zoneHelp: 'Each day starts at midnight in this time zone.',
    gap: 'A session ends after',
    gapHelp: 'Minutes without any event.',
    hosts: 'Hosts',
    hostsHelp:
      'One per line. Events from other hosts are refused. If the list is empty, every host is accepted.',
  },

  collection: {
    params: 'Query parameters',
    paramsHelp:
      'Kept in page addresses, in addition to utm_*, ref and source. ' +
      'All other parameters are removed before anything is stored.',
    paramsExample: 'variant',
    internal: 'Your own networks',
    internalHelp:
      'IP addresses of your office or agency. Their events are stored, but excluded from results.',
    payment: 'Payment hosts',
    paymentHelp: 'Payment services. Visitors who return from one keep their earlier source.',
    paymentExample: 'pay.example',
    never: {
      title: 'What is never stored',
      list: [
        '<b>IP addresses</b> and the full text of the user agent. Only its type is stored, such as “mobile, Firefox”.',
        '<b>Click IDs</b> such as gclid. They only decide the channel.',
        '<b>E-mail addresses</b> in page addresses or properties. They become [email].',
        '<b>Customer, order and visitor IDs.</b> Only scrambled versions (keyed hashes) are stored.',
      ],
      paths:
        'Paths and names are stored as your site sends them. Waymark cannot know whether a path such as ' +
        '/account/4711 identifies a person.',
    },
  },

  identity: {
    title: 'How visitors are recognised',
    caption: 'Visitors without and with consent',
    what: 'What',
    audience: 'Without consent',
    consented: 'With consent',
    rows: [
      {
        what: 'On the device',
        audience: 'Nothing is stored or read.',
        consented: 'One cookie of your site, with a random number and the time of consent.',
      },
      {
        what: 'A visitor is',
        audience: 'One IP address and browser on one day.',
        consented: 'One browser, for at most 13 months.',
      },
      {
        what: 'Journeys cover',
        audience: 'One day. A session that is open at midnight continues until it ends.',
        consented: 'Several days.',
      },
      {
        what: 'Several people count as one',
        audience: 'If they share an IP address and use the same browser version.',
        consented: 'If they share a browser.',
      },
      {
        what: 'One person counts several times',
        audience: 'On each day, network and browser, and after a browser update.',
        consented: 'In each browser, and after deleting the cookie.',
      },
    ],
    note:
      'Each report says which visitors it includes. Over several days, visitors without consent count once ' +
      'for each day.',
    consent: {
      title: 'Consent',
      grant: 'When a visitor accepts in your consent banner, make this call. It sets the cookie:',
      grantCall: 'the call that grants consent',
      deny: 'When a visitor declines or withdraws consent, make this call. It deletes the cookie:',
      denyCall: 'the call that denies consent',
      early: 'If the banner loads before the tracking code',
      earlyHelp: 'Put this before the first call:',
      earlyLine: 'the line before the first call',
      notes: [
        'Consent starts with the next session, so that no session is split.',
        'Browsers that send Global Privacy Control or Do Not Track never get the cookie, even with consent.',
        'Whether you need consent to count visitors without a cookie depends on the law that applies to you and ' +
          'on what your site does. Waymark cannot answer this for you.',
      ],
    },
  },

  retention: {
    title: 'Retention',
    keep: 'Keep events for',
    help:
      'Counted from the day of the event. Older events are deleted once a day. A trace of each order stays, ' +
      'so that no order counts twice.',
    usual: (months: number) => `${terms.months(months)}, imports forever`,
    months: (months: number) => `${terms.months(months)}, imports too`,
    forever: 'forever',
    ask: 'Delete older events?',
    askButton: 'Delete and save',
  },

  deletion: {
    title: 'Delete a person’s events',
    who: 'Who',
    kinds: { user: 'a user of your site', visitor: 'a visitor with consent' },
    id: { user: 'User ID', visitor: 'Visitor ID' },
    help: {
      user: 'The ID that your site sends, such as a customer number. Other events of the same visitors are deleted too.',
      visitor: 'The first 32 letters and digits of the cookie “wm” in their browser.',
    },
    start: 'Delete…',
    withoutConsent:
      'Visitors without consent cannot be traced to a person after their day ends, so there is nothing to delete.',
    started: 'The events are being deleted. The list below shows when this is done.',
    loading: 'Loading deletions',
    caption: 'Deletions',
    requested: 'Requested',
    whose: 'Of',
    of: { user: 'a user', visitor: 'a visitor' },
    state: 'Status',
    running: 'in progress',
    deleted: (events: number) => `done: ${terms.events(events)} deleted`,
    ask: 'Delete these events for good?',
    askButton: 'Delete',
    effect: {
      user:
        'All events of user <b>{id}</b> will be deleted within seconds. Past reports change too: ' +
        'their orders and revenue are removed.',
      visitor:
        'All events of visitor <b>{id}</b> will be deleted within seconds. Past reports change too: ' +
        'their orders and revenue are removed.',
    },
    backups: 'Only a backup can bring them back. Older backups still contain them.',
  },

  orders: {
    order: 'Order number',
    orderHelp: 'As your site sends it. The order is excluded from all results, past ones too.',
    example: 'order-1001',
    exclude: 'Exclude…',
    excluded: 'The order no longer counts.',
    restored: 'The order counts again.',
    loading: 'Loading excluded orders',
    caption: 'Excluded orders',
    inExports: 'Order ID in exports',
    since: 'Excluded since',
    actions: 'Actions',
    restore: 'Count again',
    restoreOrder: (order: string) => `Count again: ${order}`,
    ask: 'Exclude this order?',
    askButton: 'Exclude',
    effect:
      'Order <b>{order}</b> will no longer count in any result, past ones too. Its events stay stored, ' +
      'and you can count them again here.',
  },

  export: {
    what: 'What',
    kinds: { events: 'Events', report: 'Report' },
    about: {
      events: 'Every stored event, with scrambled IDs instead of people and orders.',
      report: 'All goals with their counts, rates and intervals.',
    },
    format: 'Format',
    formats: {
      csv: 'CSV, for spreadsheets',
      ndjson: 'NDJSON, one event per line',
      parquet: 'Parquet, for DuckDB, Spark and others',
      json: 'JSON, as in the API',
    },
    from: 'From',
    fromHelp: 'If empty, from the first event.',
    to: 'To',
    toHelp: 'This day is included. If empty, until today.',
    download: 'Download',
    note: 'An export changes nothing here. Store the file in a safe place.',
  },

  roles: { viewer: 'Viewer', editor: 'Editor', owner: 'Owner', none: 'No access' },
  allSites: 'all sites',
  members: {
    loading: 'Loading members',
    caption: 'Members',
    who: 'Who',
    role: 'Role',
    actions: 'Actions',
    you: (name: string) => `${name} (you)`,
    withCodes: (email: string) => `${email} · two-factor authentication`,
    pending: (email: string) => `${email} · invited, has not signed in yet`,
    invitedBy: (person: string) => `Invited by ${person}, not confirmed yet`,
    invitedByOther: 'Invited by an owner of another site, not confirmed yet',
    roleOnAll: (email: string) => `Role of ${email} on all sites`,
    roleOn: (email: string, site: string) => `Role of ${email} on ${site}`,
    roleAt: (role: string, site: string) => `${role} on ${site}`,
    roles: (roles: string[]) => list(roles),
    afterConfirming: (roles: string[]) => `After they confirm: ${list(roles)}`,
    newLink: 'New link',
    newLinkFor: (email: string) => `New link for ${email}`,
    remove: (email: string) => `Remove ${email}`,
    link: 'the one-time link',
    linkHelp: (email: string) => `Send it only to ${email}. Whoever opens it first chooses the password.`,
    mailed: (email: string) => `We sent ${email} a link. The role applies once they use it.`,
    hadAccount: (email: string) => `${email} already has an account. The new role applies now.`,
    roleChanged: (person: string) => `Done. The new role of ${person} applies now.`,
    sendLink: (email: string) =>
      `${email} has never confirmed this account. The role applies once they do. Send them a new link.`,
    askForLink: (email: string) =>
      `${email} has never confirmed this account. The role applies once they do. ` +
      'Ask an owner of all sites to send them a new link.',
    askRemove: 'Remove this account?',
    askRemoveWhat: 'the e-mail address',
    askRemoveButton: 'Remove account',
    removeEffect: (person: string) =>
      `${person} is signed out at once and loses access to all sites. Their goals and funnels stay, ` +
      'and so do all numbers.',
    removed: 'The account was removed.',
    askLink: 'Create a new link?',
    askLinkButton: 'Create link',
    linkEffect: (email: string) =>
      `Whoever opens it chooses a new password for ${email}. Earlier links stop working.`,
  },
  invite: {
    title: 'Invite someone',
    email: 'E-mail',
    role: 'Role',
    roles: {
      viewer: 'Sees results, without groups of fewer than 10 visitors. Cannot change anything.',
      editor: 'Sees everything, edits goals, funnels and notes, and exports events.',
      owner: 'Can do everything: settings, members, API keys, deletion.',
    },
    site: 'Site',
    allSites: 'All sites, including future ones',
    send: 'Invite',
  },

  secret: {
    once: 'Copy it now. It will not be shown again.',
  },
  /** Keys and links end then. */
  expiry: {
    label: 'Expires',
    choices: {
      7: 'in 7 days',
      30: 'in 30 days',
      90: 'in 90 days',
      365: 'in a year',
      never: 'never',
    },
    never: 'never',
    expired: 'expired',
    created: 'Created',
    revoke: 'Revoke',
  },
  keys: {
    loading: 'Loading API keys',
    caption: 'API keys of this site',
    none: 'No API keys yet. Browsers do not need one.',
    prefix: 'Starts with',
    scope: 'Access',
    scopes: { collect: 'Send events', read: 'Read reports', admin: 'Change goals and settings' },
    scopeHelp: {
      collect: 'For your server. The values that it sends are marked as confirmed by your server.',
      read: 'For reports in other tools. It can read all numbers of this site.',
      admin: 'For automation. It can do everything here except manage members and API keys.',
    },
    lastUsed: 'Last used',
    never: 'never',
    new: 'New API key',
    create: 'Create key',
    secret: 'the new API key',
    secretHelp:
      'Store it with the secrets of your program, never in a web page. Waymark only keeps a hash of it.',
    revoke: (prefix: string) => `Revoke the key ${prefix}`,
    ask: 'Revoke this API key?',
    askWhat: 'the start of the key',
    askButton: 'Revoke key',
    effect: 'The program that uses it loses access at once, and its events are refused. Past numbers stay.',
    revoked: 'API key revoked.',
  },
  shares: {
    loading: 'Loading shared links',
    caption: 'Shared links of this site',
    none: 'No shared links yet.',
    new: 'New link',
    nameHelp:
      'Who the link is for. It shows results, but no settings, no single visitors and no groups of fewer than 10.',
    example: 'Agency',
    create: 'Create link',
    secret: 'the new link',
    secretHelp: 'Everyone with this link can see the results of this site.',
    revoke: (name: string) => `Revoke the link ${name}`,
    ask: 'Revoke this link?',
    askButton: 'Revoke link',
    effect: (name: string) => `Nobody can open “${name}” any more. Your numbers stay.`,
    revoked: 'Link revoked.',
  },

  changes: {
    loading: 'Loading changes',
    caption: 'Changes, newest first',
    about: 'goals, settings, members, API keys and links',
    which: 'Which changes',
    scopes: { site: 'of this site', all: 'of all sites and accounts' },
    at: 'Time',
    site: 'Site',
    what: 'Change',
    subject: 'Details',
    none: 'No changes yet.',
    older: 'Show older changes',
    /** What was done, by the code of the record. */
    actions: {
      site_added: 'Site added',
      site_changed: 'Site changed',
      site_retired: 'Site removed',
      site_revived: 'Site restored',
      goal_added: 'Goal added',
      goal_changed: 'Goal changed',
      goal_retired: 'Goal deleted',
      goal_revived: 'Goal restored',
      funnel_added: 'Funnel added',
      funnel_changed: 'Funnel changed',
      funnel_retired: 'Funnel deleted',
      funnel_revived: 'Funnel restored',
      segment_saved: 'Segment saved',
      segment_removed: 'Segment deleted',
      note_added: 'Note added',
      note_removed: 'Note deleted',
      member_added: 'Member added',
      member_removed: 'Member removed',
      role_changed: 'Role changed',
      role_offered: 'Role offered',
      link_made: 'Sign-in link created',
      account_confirmed: 'Account confirmed',
      password_changed: 'Password changed',
      codes_required: 'Two-factor authentication turned on',
      codes_dropped: 'Two-factor authentication turned off',
      key_added: 'API key created',
      key_revoked: 'API key revoked',
      share_added: 'Link created',
      share_revoked: 'Link revoked',
      order_voided: 'Order excluded',
      order_counted: 'Order counted again',
      erasure_asked: 'Deletion requested',
    },
  },

  backup: {
    intro:
      'Backups are made on the server. This command copies all sites, accounts and events while Waymark runs, and ' +
      'checks every file. The folder must be empty or not exist yet.',
    command: 'the backup command',
    nightly: 'To back up every night at three, add this line to <code>/etc/cron.d/waymark</code>:',
    nightlyLine: 'the line for nightly backups',
    restore:
      'To restore a backup, run this command. The folder must be empty or not exist yet. Then start Waymark on it:',
    restoreCommand: 'the restore command',
    notes: [
      'Keep backups on another machine, and test from time to time that you can restore them.',
      'Backups still contain what you deleted here later. Delete it again after you restore one, and do not keep ' +
        'backups longer than your events.',
      'The daily secret for visitors without consent is never backed up. After you restore a backup, visitors of ' +
        'that day count again.',
    ],
  },
};
