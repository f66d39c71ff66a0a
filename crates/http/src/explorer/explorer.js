"use strict";

// The explorer: Swagger UI on our own document. In a sandbox one chooses a persona, and the script signs in as them.
(() => {
  const bar = document.getElementById("who");
  const choice = document.getElementById("persona");
  const said = document.getElementById("said");
  const people = new Map();
  let token = "";

  const ui = SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#explorer",
    deepLinking: true,
    docExpansion: "none",
    filter: true,
    displayOperationId: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    persistAuthorization: false,
    presets: [SwaggerUIBundle.presets.apis],
    requestInterceptor: (request) => {
      if (token && !request.loadSpec && !request.headers.Authorization) {
        request.headers.Authorization = `Bearer ${token}`;
      }
      return request;
    },
  });

  const signInAs = async (person) => {
    ui.authActions.logout(["bearer"]);
    token = "";
    if (!person) {
      said.value = "";
      return;
    }
    const answer = await fetch("v1/auth/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: person.email, password: person.password }),
    });
    const body = await answer.json();
    if (!answer.ok) {
      said.value = body.detail || body.title || `HTTP ${answer.status}`;
      return;
    }
    token = body.access_token;
    ui.preauthorizeApiKey("bearer", token);
    said.value = `${person.email} · signed in for ${Math.round((body.expires_in || 900) / 60)} minutes`;
  };

  choice.addEventListener("change", () => {
    signInAs(people.get(choice.value)).catch((error) => {
      said.value = String(error);
    });
  });
  bar.addEventListener("submit", (event) => event.preventDefault());

  fetch("v1/sandbox/personas")
    .then((answer) => (answer.ok ? answer.json() : { items: [] }))
    .then(({ items }) => {
      for (const person of items) {
        people.set(person.name, person);
        const option = document.createElement("option");
        option.value = person.name;
        option.textContent = person.role && person.role !== person.name ? `${person.name} (${person.role})` : person.name;
        choice.append(option);
      }
      bar.hidden = items.length === 0;
    })
    .catch(() => {});
})();
