/** All that the browser keeps: a cookie that script cannot read. The words on it are the cookie's own. */
export function HeroTicket() {
  return (
    <svg className="hero-ticket" viewBox="0 0 420 250" aria-hidden="true">
      <path className="ticket-below" d={outline} transform="rotate(4 210 125)" />
      <g transform="rotate(-5 210 125)">
        <path className="ticket-paper" d={outline} />
        <circle className="ticket-hole" cx="74" cy="125" r="13" />
        <g className="ticket-ink">
          <text x="106" y="92" fontWeight="700">
            __Host-Http-coatcheck
          </text>
          <text x="106" y="122">
            HttpOnly
          </text>
          <text x="106" y="144">
            Secure
          </text>
          <text x="106" y="166">
            SameSite=Strict
          </text>
          <path d={bars} />
        </g>
        <path className="ticket-fold" d="M290 60v130" />
      </g>
    </svg>
  );
}

/** Rounded corners, a notch in each side, and one at either end of the fold. */
const outline =
  'M44 40H282a8 8 0 0 0 16 0H376a14 14 0 0 1 14 14V109a16 16 0 0 0 0 32V196a14 14 0 0 1-14 14H298a8 8 0 0 0-16 0H44a14 14 0 0 1-14-14V141a16 16 0 0 0 0-32V54a14 14 0 0 1 14-14Z';

const bars = [3, 2, 5, 2, 3, 6, 2, 4, 2]
  .map((height, index) => `M316 ${74 + index * 12}h44v${height}h-44Z`)
  .join('');
