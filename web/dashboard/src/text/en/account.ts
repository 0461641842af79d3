// Texts of `src/pages/account`.

export const account = {
  guest: 'You are viewing a shared link.',
  guestMore: 'You need an account to change account settings.',

  profile: {
    title: 'Profile',
    nameHelp: 'Others see it next to your changes.',
    email: 'E-mail',
    emailHelp: 'You sign in with it. You cannot change it here.',
  },

  password: {
    title: 'Password',
    current: 'Current password',
    new: 'New password',
    change: 'Change password',
    effect: 'This signs you out in all other browsers.',
    changed: 'Your password was changed. You are signed out in all other browsers.',
  },

  codes: {
    title: 'Two-factor authentication',
    on: 'On',
    off: 'Off',
    why: 'Protects your account even if somebody knows your password. You need an authenticator app on your phone.',
    setUp: 'Set up',
    scan: 'Scan this code with your authenticator app, or enter the secret:',
    picture: 'QR code of the secret for your authenticator app. The secret is also shown as text.',
    secret: 'the secret',
    code: 'Code',
    codeHelp: 'The six digits that the app shows now.',
    turnOn: 'Turn on',
    active: 'You need a code from your authenticator app to sign in.',
    recovery:
      '<b>Save these recovery codes now.</b> Each one signs you in once if you lose your phone. ' +
      'They will not be shown again.',
    recoveryCodes: 'the recovery codes',
    recoverySaved: 'Done',
    turnOff: 'Turn off…',
    turnedOff: 'Two-factor authentication is off.',
    ask: 'Turn off two-factor authentication?',
    askButton: 'Turn off',
    askEffect: 'After this, your password alone signs you in. Your recovery codes stop working.',
    yourPassword: 'Your password',
  },

  sessions: {
    title: 'Sessions',
    loading: 'Loading your sessions',
    caption: 'Where you are signed in',
    signedIn: 'Signed in',
    used: 'Last used',
    here: 'now, in this browser',
    ends: 'Expires',
    endOthers: 'Sign out everywhere else',
    endedOthers: 'You are signed out everywhere else.',
    noDetails: 'Waymark does not store IP addresses or browsers, so they are not listed.',
  },
};
