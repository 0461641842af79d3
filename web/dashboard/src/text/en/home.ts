// Texts of `src/pages/home`.

export const home = {
  noSites: 'You do not have access to any site yet.',
  askOwner: 'Ask an owner of the site for access. Owners give it under Settings → Members.',

  missing: {
    what: 'There is no page at this address.',
    todo: 'Check the address for typing mistakes, or go to the overview.',
    overview: 'Go to the overview',
  },

  noSite: {
    title: 'Site not found',
    what: (site: string) => `There is no site “${site}”, or you have no access to it.`,
    choose: 'Choose a site:',
  },
};
