// What holds water, coffee and tea: kettles, carafes, pots, mugs. See `all.ts` for what the classes mean.

export const vessels = {
  gooseneck: `
    <path class="l thick-m" d="M70 150C36 150 46 96 26 92l-10 2"/>
    <path class="l thick-w" d="M128 84c40-12 50 10 46 36-2 14-8 24-18 30"/>
    <path class="m" d="M70 84h70l16 72q2 12-10 12H64q-12 0-10-12z"/>
    <path class="m2" d="M70 84h16l-12 84H64q-12 0-10-12z" opacity=".5"/>
    <path class="a" d="M66 76h78q4 0 4 4v6H62v-6q0-4 4-4z"/>
    <path class="b" d="M80 76q2-14 25-14t25 14z"/>
    <circle class="w" cx="105" cy="56" r="8"/>`,
  camping: `
    <path class="l thick-b" d="M58 96Q54 40 104 40t48 56"/>
    <path class="a" d="M46 104 22 84l-4 6 26 40z"/>
    <path class="a" d="M52 92h104q8 0 8 8l2 54q0 14-14 14H56q-14 0-14-14l2-54q0-8 8-8z"/>
    <path class="b" d="M52 92h14q-10 40 2 76H56q-14 0-14-14l2-54q0-8 8-8z" opacity=".45"/>
    <path class="b" d="M62 92q4-18 42-18t42 18z"/>
    <circle class="k" cx="104" cy="70" r="8"/>
    <path class="c" d="M142 108q6 20 2 40" fill="none"/>`,
  carafe: `
    <path class="l thick-b" d="M140 76c36-4 36 56 4 62"/>
    <path class="g" d="M78 40h52q-4 20 10 44 14 22 14 46 0 38-36 38H88q-36 0-36-38 0-24 14-46 14-24 12-44z"/>
    <path class="k" d="M55 118h96q3 6 3 12 0 38-36 38H88q-36 0-36-38 0-6 3-12z" opacity=".82"/>
    <path class="b" d="M68 36h66q4 0 4 6t-4 6H74q-10-2-12-8 0-4 6-4z"/>
    <path class="a" d="M70 78h66l8 14H62z"/>
    <path class="l pale" d="M118 112h14M120 128h18M118 144h16"/>`,
  moka: `
    <path class="l thick-b" d="M142 62c30-4 34 14 30 52"/>
    <path class="m" d="M62 52h80l-10 56H72z"/>
    <path class="m2" d="M62 52h24l2 56H72z" opacity=".5"/>
    <path class="m" d="M62 52 40 66l26 10z"/>
    <path class="a" d="M66 106h72v10H66z"/>
    <path class="m" d="M70 116h64l12 42q2 10-8 10H66q-10 0-8-10z"/>
    <path class="m2" d="M70 116h18l-4 52H66q-10 0-8-10z" opacity=".5"/>
    <path class="m2" d="M58 46h88v7H58z"/>
    <path class="b" d="M72 46q4-10 30-10t30 10z"/>
    <path class="b" d="M96 24h12l2 12H94z"/>`,
  mug: `
    <path class="l thick-p" d="M140 88c38-6 36 54-2 50"/>
    <path class="p" d="M50 70h94v84q0 14-14 14H64q-14 0-14-14z"/>
    <path class="c" d="M50 70h16v98h-2q-14 0-14-14z" opacity=".6"/>
    <rect class="a" x="45" y="62" width="104" height="12" rx="6"/>
    <path class="a" d="M84 112c16-26 24-8 12 6 18-8 26 8 4 10-14 2-24-4-16-16z" opacity=".8"/>
    <path class="l steam" d="M84 52c-7-9 7-14 0-24M108 52c-7-9 7-14 0-24"/>`,
  bowls: `
    <path class="b" d="M102 96h74q-2 34-22 42v6h-30v-6q-20-8-22-42z"/>
    <ellipse class="c" cx="139" cy="96" rx="37" ry="8"/>
    <path class="a" d="M22 108h98q-2 42-30 52v8H52v-8q-28-10-30-52z"/>
    <path class="b" d="M22 108h24q2 40 14 60h-8v-8q-28-10-30-52z" opacity=".4"/>
    <ellipse class="c" cx="71" cy="108" rx="49" ry="11"/>
    <ellipse class="k" cx="71" cy="110" rx="41" ry="7.500" opacity=".75"/>
    <path class="l steam" d="M60 92c-7-9 7-14 0-24M82 92c-7-9 7-14 0-24"/>`,
};
