// What is filled: tins, bags, boxes. See `all.ts` for what the classes mean.

const LEAF = (x: number, y: number): string =>
  `<path class="b" d="M${x} ${y}c-14-4-18-16-15-28 13 3 20 13 15 28z"/>
   <path class="a" d="M${x} ${y}c2-13 10-20 21-21 1 13-7 21-21 21z"/>`;

const BEAN = (x: number, y: number): string =>
  `<ellipse class="k" cx="${x}" cy="${y}" rx="9" ry="12.5" transform="rotate(24 ${x} ${y})"/>
   <path class="l pale" d="M${x + 5} ${y - 10}c-7 6-1 12-10 20"/>`;

const bag = (x: number, scale: number): string =>
  `<g transform="translate(${x} ${168 - 118 * scale}) scale(${scale})">
     <path class="a" d="M6 26 12 8h52l6 18 4 84q0 8-8 8H10q-8 0-8-8z"/>
     <path class="b" d="M10 0h56q4 0 4 4v12q0 4-4 4H10q-4 0-4-4V4q0-4 4-4z"/>
     <path class="b" d="M2 108 6 26l5 70q1 12 9 22H10q-8 0-8-10z" opacity=".5"/>
     <rect class="p" x="18" y="44" width="42" height="50" rx="3"/>
     ${BEAN(39, 64)}
     <path class="l" d="M27 84h24"/>
   </g>`;

export const packs = {
  tin: `
    <path class="a" d="M54 70h92v88q0 10-10 10H64q-10 0-10-10z"/>
    <path class="b" d="M54 70h14v98h-4q-10 0-10-10z" opacity=".45"/>
    <rect class="b" x="49" y="46" width="102" height="26" rx="5"/>
    <rect class="c" x="57" y="51" width="86" height="4" rx="2" opacity=".6"/>
    <rect class="p" x="72" y="88" width="56" height="60" rx="3"/>
    ${LEAF(100, 130)}
    <path class="l" d="M84 139h32"/>`,
  caddy: `
    <path class="a" d="M62 62h76l8 14v82q0 10-10 10H64q-10 0-10-10V76z"/>
    <path class="b" d="M62 62h76l8 14H54z"/>
    <rect class="b" x="78" y="42" width="44" height="22" rx="5"/>
    <path class="c" d="M54 92h92v8H54zM54 150h92v6H54z" opacity=".7"/>
    <circle class="p" cx="100" cy="125" r="19"/>
    ${LEAF(99, 136)}`,
  bags: `
    <g opacity=".85">${bag(26, 0.86)}</g>
    <g opacity=".92">${bag(108, 0.86)}</g>
    ${bag(62, 1)}`,
  bag: bag(51, 1.28),
  cones: `
    <path class="b" d="M62 160h76v9H62z"/>
    <path class="a" d="M34 70h132l-46 84q-4 7-12 7H92q-8 0-12-7z"/>
    <path class="c" d="M40 60h120l-44 84q-4 7-12 7h-8q-8 0-12-7z"/>
    <path class="p" d="M46 50h108l-42 84q-4 7-12 7t-12-7z"/>
    <path class="c" d="M46 50h16l42 91h-4q-8 0-12-7z" opacity=".55"/>
    <path class="l" d="M62 52l40 86M148 60l-36 74" opacity=".35"/>
    <path class="c" d="M46 50q54-20 108 0-54 12-108 0z"/>`,
  bottle: `
    <rect class="b" x="84" y="36" width="24" height="20" rx="4"/>
    <path class="a" d="M80 56h32q2 16 12 24 8 7 8 20v56q0 12-12 12H72q-12 0-12-12v-56q0-13 8-20 10-8 12-24z"/>
    <path class="b" d="M60 156v-56q0-13 8-20 6-5 9-13 2 30 1 101h-6q-12 0-12-12z" opacity=".4"/>
    <rect class="p" x="74" y="104" width="44" height="42" rx="3"/>
    <path class="a" d="M96 111c8 10 11 15 11 20a11 11 0 0 1-22 0c0-5 3-10 11-20z"/>
    <path class="w" d="M146 58h8v78h-8z"/>
    <path class="p" d="M142 130h16l3 34q0 4-4 4h-14q-4 0-4-4z"/>
    <path class="l" d="M147 138v28M153 138v28"/>`,
  cake: `
    <ellipse class="b" cx="100" cy="156" rx="60" ry="12"/>
    <ellipse class="a" cx="100" cy="148" rx="60" ry="12"/>
    <circle class="p" cx="100" cy="96" r="60"/>
    <circle class="c" cx="100" cy="96" r="60" opacity=".5"/>
    <path class="l" d="M100 36c10 14 10 22 0 34M52 62c15 3 22 8 24 22M48 122c14-6 22-7 34 0M148 62c-15 3-22 8-24 22M152 122c-14-6-22-7-34 0M100 156c-8-12-8-18 0-28"/>
    <circle class="a" cx="100" cy="97" r="27"/>
    <circle class="p" cx="100" cy="97" r="21"/>
    ${LEAF(99, 111)}`,
  gift: `
    <path class="a" d="M46 98h108v60q0 10-10 10H56q-10 0-10-10z"/>
    <path class="b" d="M46 98h108v12H46z" opacity=".5"/>
    <rect class="a" x="38" y="76" width="124" height="26" rx="5"/>
    <path class="p" d="M91 76h18v92H91z"/>
    <path class="b" d="M100 76c-30 2-40-10-36-22 4-13 27-7 36 22zM100 76c30 2 40-10 36-22-4-13-27-7-36 22z"/>
    <path class="p" d="M94 70c-14-1-21-6-20-12 3-6 15-1 20 12zM106 70c14-1 21-6 20-12-3-6-15-1-20 12z" opacity=".55"/>`,
};
