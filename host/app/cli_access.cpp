#include "host/app/cli_access.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "host/app/version.h"
#include "host/data/base64.h"
#include "host/http/trust.h"

namespace host::app::cli {
namespace {

constexpr std::string_view kDefaultUrl = "http://localhost:8083";

// Where the URL comes from, for messages, and the context it is of, if it is.
struct Chosen {
  std::string from;
  std::string url;
  Context context;
};

Result<Chosen> chosen(const Command &command, const Surroundings &around) {
  if (!command.url.empty() && !command.context.empty())
    return fail(Code::BadRequest, "--url and --context both name a worker; give one of them");
  if (!command.url.empty())
    return Chosen{"--url", command.url, {}};
  const std::string variable = around.variable("SLUICE_URL");
  if (command.context.empty() && !variable.empty())
    return Chosen{"SLUICE_URL", variable, {}};
  HOST_ASSIGN(const Contexts contexts, read_contexts(around.contexts_path));
  const std::string &name = command.context.empty() ? contexts.current : command.context;
  if (name.empty())
    return Chosen{"the default", std::string(kDefaultUrl), {}};
  const Context *context = contexts.find(name);
  if (context == nullptr)
    return fail(Code::BadRequest,
                fmt::format("there is no context {}; see `sluice context list`", name));
  return Chosen{fmt::format("context {}", name), context->url, *context};
}

// `NAME:PASSWORD` → the words of the header.
Result<std::string> authorization(const Command &command, const Surroundings &around,
                                  const Chosen &worker) {
  std::string user = command.user.empty() ? around.variable("SLUICE_USER") : command.user;
  if (user.empty())
    user = worker.context.user;
  if (user.empty())
    return std::string();
  if (user.find(':') == std::string::npos) {
    std::string password = around.variable("SLUICE_PASSWORD");
    if (password.empty()) {
      HOST_ASSIGN(password,
                  around.ask_password(fmt::format("Password of {} at {}: ", user, worker.url)));
    }
    user += ':' + password;
  }
  std::string words = "Basic ";
  data::append_base64(words, user);
  return words;
}

// Switches a terminal's echo off as long as it lives.
class Silence {
public:
  explicit Silence(int terminal) : terminal_(terminal) {
    silent_ = ::tcgetattr(terminal_, &before_) == 0;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent_ = silent_ && ::tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
  }
  ~Silence() {
    if (silent_)
      ::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  Silence(const Silence &) = delete;
  Silence &operator=(const Silence &) = delete;

private:
  const int terminal_;
  termios before_{};
  bool silent_ = false;
};

void show(int terminal, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(terminal, text.data(), text.size());
    if (written <= 0)
      return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

Result<std::string> ask_terminal(const std::string &prompt) {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0)
    return fail(Code::BadRequest, "no password: give it in SLUICE_PASSWORD (there is no terminal "
                                  "to ask on)");
  std::string password;
  show(terminal, prompt);
  {
    const Silence silence(terminal);
    for (char c = 0; ::read(terminal, &c, 1) == 1 && c != '\n';)
      password += c;
  }
  show(terminal, "\n");
  ::close(terminal);
  return password;
}

} // namespace

Surroundings real_surroundings() {
  return {[](const char *name) {
            const char *value = std::getenv(name);
            return std::string(value ? value : "");
          },
          ask_terminal, contexts_path()};
}

Result<Access> access_of(const Command &command, const Surroundings &around) {
  HOST_ASSIGN(const Chosen worker, chosen(command, around));
  Access access;
  auto url = http::parse_url(worker.url);
  if (!url)
    return fail(std::move(url).error().context(worker.from));
  access.url = *std::move(url);
  HOST_ASSIGN(access.authorization, authorization(command, around, worker));
  access.options.user_agent = fmt::format("sluice/{}", kVersion);
  access.options.trust_setting = "--cacert or SSL_CERT_FILE";
  if (!command.cacert.empty()) {
    HOST_ASSIGN(access.options.tls, http::trusting(command.cacert, "--cacert"));
  } else if (!worker.context.cacert.empty()) {
    HOST_ASSIGN(access.options.tls,
                http::trusting(worker.context.cacert, "cacert of " + worker.from));
  }
  return access;
}

} // namespace host::app::cli
