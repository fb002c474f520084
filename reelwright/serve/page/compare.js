// Before and after: two films over each other, and a handle that says how much of each is seen.

const STEP = 2; // hundredths, by an arrow key
const LEAP = 10; // by a page key

/** Lets the handle of `box` be dragged, or moved with the keys that a slider has. */
export function compare(box) {
  const handle = box.querySelector("[role=slider]");
  const after = box.querySelector("[data-after]");

  function put(share) {
    const now = Math.min(100, Math.max(0, share));
    handle.style.left = `${now}%`;
    after.style.clipPath = `inset(0 0 0 ${now}%)`;
    handle.ariaValueNow = String(Math.round(now));
    handle.ariaValueText = `${Math.round(now)} % as filmed`;
  }

  const at = () => Number(handle.ariaValueNow);
  const moves = {
    ArrowLeft: () => at() - STEP,
    ArrowDown: () => at() - STEP,
    ArrowRight: () => at() + STEP,
    ArrowUp: () => at() + STEP,
    PageDown: () => at() - LEAP,
    PageUp: () => at() + LEAP,
    Home: () => 0,
    End: () => 100,
  };
  handle.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    put(move());
  });

  function follow(event) {
    const { left, width } = box.getBoundingClientRect();
    put((100 * (event.clientX - left)) / width);
  }
  box.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    box.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    follow(event);
  });
  box.addEventListener("pointermove", (event) => {
    if (box.hasPointerCapture(event.pointerId)) follow(event);
  });

  box.style.aspectRatio = `${box.dataset.wide} / ${box.dataset.high}`;
  put(at());
}
