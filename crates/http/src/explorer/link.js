"use strict";

// The page behind an access link (sandbox): exchanges the token of the fragment and shows the one record as text.
(() => {
  const state = document.getElementById("state");
  const record = document.getElementById("record");
  const SILENT = new Set(["id", "version", "hidden", "items", "next_cursor", "mask"]);

  const words = (name) => {
    const text = name.replace(/_/g, " ");
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
  const isEmpty = (value) =>
    value === null || value === "" || value === undefined ||
    (typeof value === "object" && Object.values(value).every(isEmpty));
  const isTechnical = (name) => SILENT.has(name) || name.endsWith("_id");

  const plain = (value) => {
    if (typeof value === "boolean") return value ? "yes" : "no";
    const text = String(value);
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return new Date(text).toLocaleString();
    return /^[a-z]+(_[a-z]+)+$/.test(text) ? text.replace(/_/g, " ") : text;
  };

  const shown = (value) => {
    if (Array.isArray(value)) {
      const list = document.createElement("ul");
      for (const item of value.filter((item) => !isEmpty(item))) {
        const line = document.createElement("li");
        line.append(shown(item));
        list.append(line);
      }
      return list;
    }
    if (typeof value === "object") {
      const list = document.createElement("dl");
      for (const [name, inner] of Object.entries(value)) {
        if (isEmpty(inner) || isTechnical(name)) continue;
        const term = document.createElement("dt");
        const detail = document.createElement("dd");
        term.textContent = words(name);
        detail.append(shown(inner));
        list.append(term, detail);
      }
      return list;
    }
    return document.createTextNode(plain(value));
  };

  const ask = async (path, options) => {
    const answer = await fetch(path, options);
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.detail || body.title || `HTTP ${answer.status}`);
    return body;
  };

  const open = async () => {
    const fragment = window.location.hash.slice(1);
    const token = new URLSearchParams(fragment).get("token") || fragment;
    // The token leaves the address bar, and with it the history.
    window.history.replaceState(null, "", window.location.pathname);
    if (!token) throw new Error("The address holds no link.");
    // Links for people who sign in lead into a front end; this page says what that front end would call.
    const [kind, first, second] = token.split(".");
    const calls = {
      referral: `Sign in, then: GET /v1/referrals/${first}`,
      organisation: `Sign in, then: GET /v1/organisations/${first}`,
      invitation: `POST /v1/invitations/${first}/accept  {"token": "${second}", "name": "…", "password": "…"}`,
      join_request: `Sign in, then: GET /v1/join-requests/${first}`,
      confirm_email: `POST /v1/auth/confirm-email  {"token": "${first}", "password": "…"}`,
      password_reset: `POST /v1/auth/password-reset/confirm  {"token": "${first}", "password": "…"}`,
    };
    if (Object.hasOwn(calls, kind)) {
      state.textContent = calls[kind];
      return;
    }
    const session = await ask("v1/links/exchange", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
    });
    const id = session.referral_id || (session.referral || {}).id;
    const found = await ask(`v1/referrals/${encodeURIComponent(id)}`, {
      headers: { Authorization: `Bearer ${session.access_token}` },
    });
    state.textContent = `Open until ${new Date(Date.now() + (session.expires_in || 1800) * 1000).toLocaleTimeString()}.`;
    record.replaceChildren(shown(found));
  };

  open().catch((error) => {
    state.textContent = error.message;
  });
})();
