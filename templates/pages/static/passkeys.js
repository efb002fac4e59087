// Passkeys: asks the browser for one and sends its answer with the form, which holds the options of the server.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function read(options) {
  const found = JSON.parse(options);
  found.challenge = bytes(found.challenge);
  if (found.user) found.user.id = bytes(found.user.id);
  for (const list of [found.excludeCredentials, found.allowCredentials])
    for (const one of list || []) one.id = bytes(one.id);
  return found;
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = text(credential.response[name]);
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

function tell(words) {
  const problem = document.querySelector("[data-passkey-problem]");
  problem.querySelector("p").textContent = words;
  problem.hidden = false;
}

async function answer(event) {
  event.preventDefault();
  const form = event.target;
  if (!window.PublicKeyCredential) return tell("这个浏览器不支持通行密钥，请改用密码和动态验证码。");
  try {
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: read(form.dataset.options) });
    form.elements.answer.value = written(credential);
    form.submit();
  } catch (fault) {
    const known = fault.name === "InvalidStateError";
    tell(known ? "这个设备上已有本账号的通行密钥。" : "没有得到通行密钥：可能已取消、超时，或设备上没有。请重试，或改用密码登录。");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) form.addEventListener("submit", answer);
