// Words of buttons and states that several areas use.

export const common = {
  add: 'Add',
  cancel: 'Cancel',
  close: 'Close',
  continue: 'Continue',
  copied: 'Copied',
  copy: 'Copy',
  delete: 'Delete',
  done: 'Done',
  edit: 'Edit',
  hostExample: 'shop.example',
  justNow: 'just now',
  loading: 'Loading',
  name: 'Name',
  noCurrency: '(no currency)',
  remove: 'Remove',
  retry: 'Try again',
  save: 'Save',
  saved: 'Saved.',
  showMore: 'Show more',
  timeZone: 'Time zone',
};
