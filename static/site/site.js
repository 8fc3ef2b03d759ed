// The commands name the address that this page came from, and each gets a button that copies it.
for (const host of document.querySelectorAll(".host")) {
  if (location.host) host.textContent = location.host;
}

const status = document.getElementById("copied");

async function copy(code) {
  if (navigator.clipboard) return navigator.clipboard.writeText(code.textContent);
  // Plain http from another machine is no secure context and has no clipboard API.
  getSelection().selectAllChildren(code);
  if (!document.execCommand("copy")) throw new Error("not copied");
}

for (const [index, command] of document.querySelectorAll(".command").entries()) {
  const code = command.querySelector("code");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  // Its name is its word and the command, which may still change.
  code.id = `command-${index}`;
  button.id = `copy-${index}`;
  button.setAttribute("aria-labelledby", `${button.id} ${code.id}`);
  button.addEventListener("click", async () => {
    try {
      await copy(code);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C";
    }
    status.textContent = button.textContent;
    setTimeout(() => { button.textContent = "Copy"; status.textContent = ""; }, 2000);
  });
  command.append(button);
}
