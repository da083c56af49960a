// Replaces the report without a reload of the page. Without this script, the form and the links work too.
(() => {
  const DEADLINE = 20000;
  const form = document.getElementById("filter");
  if (!form) return;
  document.documentElement.classList.add("script");
  let current = null;

  // Loads the report of a URL. A later call replaces an earlier one that is not finished.
  async function show(url, { push, focus }) {
    current?.abort();
    const request = new AbortController();
    current = request;
    const deadline = setTimeout(() => request.abort(), DEADLINE);
    const report = document.getElementById("report");
    report.setAttribute("aria-busy", "true");
    let loaded = null;
    try {
      const { search } = new URL(url, location.href);
      const response = await fetch(`/report${search}`, { signal: request.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      loaded = page.getElementById("report");
    } catch {
      // Handled below: no report was loaded.
    }
    clearTimeout(deadline);
    if (current !== request) return;
    if (!loaded) return fail(report, () => show(url, { push, focus }));
    report.replaceWith(loaded);
    if (push) history.pushState(null, "", url);
    document.getElementById("status").textContent = loaded.dataset.status;
    if (focus) {
      const heading = document.getElementById("flights-title");
      heading?.focus({ preventScroll: true });
      heading?.scrollIntoView();
    }
  }

  function fail(report, retry) {
    report.removeAttribute("aria-busy");
    report.querySelector("[role=alert]")?.remove();
    report.prepend(document.getElementById("failed").content.cloneNode(true));
    report.querySelector("[role=alert] button").addEventListener("click", retry);
  }

  function chosen() {
    const parameters = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...parameters]) if (!value) parameters.delete(name);
    return parameters.size ? `/?${parameters}` : "/";
  }

  function fill(url) {
    const parameters = new URL(url, location.href).searchParams;
    for (const field of form.querySelectorAll("select, input")) field.value = parameters.get(field.name) ?? "";
  }

  const apply = () => form.reportValidity() && show(chosen(), { push: true });
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("main a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const url = link.getAttribute("href");
    fill(url);
    show(url, { push: true, focus: Boolean(link.closest("nav")) });
  });
  addEventListener("popstate", () => {
    fill(location.href);
    show(location.href, { push: false });
  });
})();
