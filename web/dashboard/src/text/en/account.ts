// Texts of `src/pages/account`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const account = {};
