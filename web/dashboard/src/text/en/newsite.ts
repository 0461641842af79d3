// Texts of `src/pages/newsite`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const newsite = {};
