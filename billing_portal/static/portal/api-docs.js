/* Swagger UI draws the page's main landmark; what stands before it becomes one of its own. */

new MutationObserver((_changes, observer) => {
  const about = document.querySelector(".information-container");
  if (about) {
    about.setAttribute("role", "region");
    about.setAttribute("aria-label", "About");
    observer.disconnect();
  }
}).observe(document.querySelector("#swagger-ui"), { childList: true, subtree: true });
