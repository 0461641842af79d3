// Texts of `src/pages/entry`: signing in, and the links for a first account, an invitation, a new password, a shared view.

import { count } from '../intl';

export const entry = {
  email: 'E-mail',
  password: 'Password',
  newPassword: 'New password',
  passwordHelp: (least: number) => `At least ${count(least)} characters. A short sentence works well.`,
  showPassword: 'Show',
  setPassword: 'Set password',
  passwordChanged: 'Your password was changed.',
  signIn: 'Sign in',

  signin: {
    withCode: 'Sign in with this code',
    withProvider: (provider: string) => `Sign in with ${provider}`,
    providerFailed: (provider: string) =>
      `Could not sign you in with ${provider}. Ask an owner whether you have an account here.`,
    anyProvider: 'the other service',
    code: 'Code',
    codeHelp: 'The six digits in your authenticator app, or a recovery code.',
    demo: 'This is a demo. Sign in as {email} with the password <code>{password}</code>.',
    openDemo: 'Open the demo',
    forgot: 'Forgot your password?',
  },

  recover: {
    lead: 'We will e-mail you a link to set a new password.',
    send: 'Send link',
    sent: 'Check your e-mail',
    sentLead: 'If this address has an account, we sent it a link. It works once and expires soon.',
    noMail:
      'This server does not send e-mail. Ask the person who runs it for a link. The command is ' +
      '“waymark account reset”, followed by your e-mail address.',
    back: 'Back to sign-in',
  },

  setup: {
    title: 'Set up Waymark',
    lead: 'Create the first account. It owns this installation and can invite others.',
    name: 'Your name',
    emailHelp: 'You sign in with it.',
    create: 'Create account',
    done: 'Waymark is set up',
    doneLead: 'There is already an account. Sign in with it.',
    noToken:
      'Open the link that the server printed when it started. It ends in /setup# and a token. ' +
      'Until you use it, every start prints a new link.',
  },

  welcome: {
    title: 'Welcome to Waymark',
    lead: 'You were invited. Set a password to get started.',
    done: 'Your account is ready.',
    noToken: 'This link is incomplete. Open it again from your invitation, or ask for a new one.',
  },

  share: {
    noToken: 'This link is incomplete.',
    noSite: 'This link no longer works.',
    askAgain: 'Ask the person who sent it for a new link.',
  },
};
