// Follows a pointer that is down on a panel; a vertical swipe still scrolls the page.
function drag(panel, moved) {
  const { svg } = panel;
  svg.style.cssText += "touch-action:pan-y;cursor:ew-resize";
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    moved(panel.at(event));
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) moved(panel.at(event));
  });
}
