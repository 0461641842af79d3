// What people are told when something fails, by the error's code: what happened, then what to do.

interface Told {
  what: string;
  todo?: string;
}

/** Every code may say what to do, in any language. */
const byCode = <Code extends string>(texts: Record<Code, Told>) => texts;

const AGAIN = 'Reload the page, then make your change again.';

export const errors = {
  byCode: byCode({
    wrong_credentials: { what: 'Wrong e-mail or password.' },
    wrong_code: { what: 'This code is wrong or was already used.', todo: 'Wait for the next code.' },
    bad_link: {
      what: 'This link is incomplete, expired, or was already used.',
      todo: 'Ask for a new link.',
    },
    bad_email: { what: 'This is not a valid e-mail address.' },
    not_signed_in: { what: 'You are signed out.', todo: 'Sign in again.' },
    role_too_small: { what: 'Your role does not allow this.', todo: 'Ask an owner of the site for access.' },
    csrf: { what: 'This page has expired.', todo: AGAIN },
    unknown_site: { what: 'Site not found, or you have no access to it.', todo: 'Choose another site.' },
    account_exists: { what: 'An account with this e-mail address already exists.' },
    site_exists: { what: 'A site with this name already exists.', todo: 'Choose another name.' },
    bad_timezone: {
      what: 'This is not a known time zone.',
      todo: 'Choose one from the list, such as Europe/Berlin.',
    },
    changed_meanwhile: {
      what: 'Somebody else changed this in the meantime. Nothing was saved.',
      todo: AGAIN,
    },
    last_owner: {
      what: 'At least one account must own all sites. Nothing was changed.',
      todo: 'First make somebody else an owner of all sites.',
    },
    unreachable: {
      what: 'Cannot reach the Waymark server.',
      todo: 'Check that it is running, then try again.',
    },
    no_page: {
      what: 'This page could not be loaded.',
      todo: 'Waymark may have been updated. Reload the page.',
    },
  }),
  status: (status: number) => `Waymark answered with status ${status}.`,
  defect: 'The dashboard could not show this.',
};
