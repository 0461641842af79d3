// What one works with: drippers, mills, scales. See `all.ts` for what the classes mean.

export const tools = {
  dripper: `
    <path class="a" d="M44 62h112l-30 66q-4 8-12 8H86q-8 0-12-8z"/>
    <path class="b" d="M44 62h22l26 74h-6q-8 0-12-8z" opacity=".45"/>
    <path class="l pale" d="M84 72l14 56M104 72v56M124 72l-12 56"/>
    <path class="l thick-a" d="M146 76q24-2 20 18-4 16-32 16"/>
    <rect class="b" x="36" y="54" width="128" height="12" rx="6"/>
    <rect class="b" x="64" y="136" width="72" height="9" rx="4.5"/>
    <path class="a" d="M86 145h28l-4 14H90z"/>
    <path class="k" d="M99 161h3v7h-3z"/>`,
  steel: `
    <path class="m" d="M50 54h100l-34 92q-3 8-16 8t-16-8z"/>
    <g class="dots"><path d="M66 74h70M69 84h62M73 94h54M77 104h46M80 114h40M84 124h32M88 134h24" /></g>
    <path class="m2" d="M50 54h18l28 100q-10-1-12-8z" opacity=".5"/>
    <rect class="b" x="42" y="46" width="116" height="12" rx="6"/>
    <path class="m2" d="M76 150h48v8q0 4-4 4H80q-4 0-4-4z"/>
    <path class="b" d="M70 160h60v8H70z"/>`,
  stand: `
    <path class="g" d="M56 46h88l-32 54h-24z"/>
    <path class="k" d="M74 76h52l-14 24H88z" opacity=".75"/>
    <path class="l" d="M56 46h88M60 53l29 47M140 53l-29 47"/>
    <path class="k" d="M99 102h2.500v18h-2.500z"/>
    <rect class="w" x="44" y="92" width="112" height="9" rx="3"/>
    <path class="w" d="M50 100h9v66h-9zM141 100h9v66h-9z"/>
    <rect class="w" x="40" y="160" width="120" height="9" rx="3"/>
    <path class="a" d="M78 122h44v30q0 8-8 8H86q-8 0-8-8z"/>
    <path class="l thick-a" d="M122 130q14-2 13 9-2 9-13 9"/>`,
  scale: `
    <rect class="b" x="34" y="128" width="132" height="40" rx="10"/>
    <rect class="a" x="34" y="118" width="132" height="36" rx="10"/>
    <rect class="k" x="54" y="128" width="92" height="18" rx="5"/>
    <text x="61" y="141.500">250</text><text x="106" y="141.500">2:04</text>
    <path class="p" d="M70 66h60v40q0 10-10 10H80q-10 0-10-10z"/>
    <path class="l thick-p" d="M130 76q18-2 16 13-2 13-18 12"/>
    <path class="k" d="M76 66h48q0 9-24 9t-24-9z"/>
    <path class="l steam" d="M90 54c-6-9 6-13 0-23M108 54c-6-9 6-13 0-23"/>`,
  mill: `
    <path class="g" d="M70 112h60v46q0 10-10 10H80q-10 0-10-10z"/>
    <path class="a" d="M74 140h52v16q0 8-8 8H82q-8 0-8-8z" opacity=".8"/>
    <path class="b" d="M64 84h72l-4 30H68z"/>
    <path class="a" d="M60 72q0-26 40-26t40 26v12H60z"/>
    <path class="m2" d="M96 30h8v20h-8z"/>
    <path class="l thick-m" d="M100 32h48"/>
    <circle class="w" cx="150" cy="28" r="9"/>
    <path class="c" d="M70 72q0-15 20-17" fill="none"/>`,
  box: `
    <path class="w" d="M52 100h96v60q0 8-8 8H60q-8 0-8-8z"/>
    <path class="w2" d="M44 92h112v12H44zM44 160h112v8H44z"/>
    <rect class="w2" x="70" y="124" width="60" height="26" rx="3"/>
    <circle class="m" cx="100" cy="137" r="5"/>
    <path class="m" d="M66 92q0-32 34-32t34 32z"/>
    <path class="m2" d="M66 92q0-32 34-32-18 10-18 32z" opacity=".5"/>
    <path class="m2" d="M96 42h8v20h-8z"/>
    <path class="l thick-m" d="M100 43q30-4 50 2"/>
    <circle class="a" cx="152" cy="38" r="10"/>`,
};
