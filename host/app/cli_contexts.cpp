#include "host/app/cli_contexts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "host/base/files.h"
#include "host/http/url.h"
#include "host/json/parse.h"

namespace host::app::cli {
namespace {

Error file_error(const std::string &path, std::string_view what) {
  return {Code::Fatal, fmt::format("{}: {}", path, what)};
}

Error system_error(const std::string &path) { return file_error(path, std::strerror(errno)); }

json::Value as_json(const Contexts &contexts) {
  json::Value all = json::Value::object();
  for (const Context &context : contexts.all) {
    json::Value one = json::Value::object({{"url", context.url}});
    if (!context.user.empty())
      one.set("user", context.user);
    if (!context.cacert.empty())
      one.set("cacert", context.cacert);
    all.set(context.name, std::move(one));
  }
  return json::Value::object({{"current", contexts.current}, {"contexts", std::move(all)}});
}

Status write_private(const std::string &path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0)
    return system_error(path);
  bool good = ::fchmod(file, 0600) == 0; // it may have been there
  while (good && !text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    good = written > 0;
    text.remove_prefix(good ? static_cast<std::size_t>(written) : 0);
  }
  const Status status = good ? Status() : Status(system_error(path));
  ::close(file);
  return status;
}

int list(const Contexts &contexts, Screen &screen) {
  if (screen.documents()) {
    screen.print_document(as_json(contexts));
    return kExitDone;
  }
  if (contexts.all.empty()) {
    screen.note("No contexts; `sluice context set NAME --url URL` makes one.");
    return kExitDone;
  }
  Table table({"CURRENT", "NAME", "URL", "USER", "CACERT"});
  for (const Context &context : contexts.all)
    table.row({context.name == contexts.current ? "*" : " ", context.name, context.url,
               context.user, context.cacert});
  screen.print_table(table);
  return kExitDone;
}

Status set(const Command &command, Contexts &contexts, const std::string &name) {
  Context context;
  if (const Context *old = contexts.find(name))
    context = *old;
  context.name = name;
  if (!command.url.empty()) {
    const auto url = http::parse_url(command.url);
    if (!url)
      return fail(url.error());
    context.url = url->text();
  }
  if (context.url.empty())
    return fail(Code::BadRequest, fmt::format("context {} is new and needs --url", name));
  if (command.user.find(':') != std::string::npos)
    return fail(Code::BadRequest, "a context keeps no password: give --user NAME here, and the "
                                  "password in SLUICE_PASSWORD or when asked");
  if (!command.user.empty())
    context.user = command.user;
  if (!command.cacert.empty())
    context.cacert = std::filesystem::absolute(command.cacert).lexically_normal().string();
  std::erase_if(contexts.all, [&](const Context &other) { return other.name == name; });
  contexts.all.push_back(std::move(context));
  std::sort(contexts.all.begin(), contexts.all.end(),
            [](const Context &a, const Context &b) { return a.name < b.name; });
  if (contexts.current.empty())
    contexts.current = name;
  return {};
}

Status change(const Command &command, Contexts &contexts, const std::string &name) {
  if (command.verb == Verb::ContextSet)
    return set(command, contexts, name);
  if (contexts.find(name) == nullptr)
    return fail(Code::NotFound,
                fmt::format("there is no context {}; see `sluice context list`", name));
  if (command.verb == Verb::ContextUse) {
    contexts.current = name;
    return {};
  }
  std::erase_if(contexts.all, [&](const Context &context) { return context.name == name; });
  if (contexts.current == name)
    contexts.current.clear();
  return {};
}

std::string_view result_of(Verb verb, bool current) {
  if (verb == Verb::ContextDelete)
    return "deleted";
  if (verb == Verb::ContextUse)
    return "current";
  return current ? "set, current" : "set";
}

Result<Context> context_in(const std::string &path, const json::Member &member) {
  Context context{member.key, {}, {}, {}};
  auto url = member.value.string_of("url");
  if (!url)
    return fail(file_error(path, fmt::format("context {}: {}", member.key, url.error().message())));
  context.url = *std::move(url);
  context.user = std::string(member.value.string_or("user", "").value_or(""));
  context.cacert = std::string(member.value.string_or("cacert", "").value_or(""));
  return context;
}

} // namespace

const Context *Contexts::find(std::string_view name) const {
  for (const Context &context : all)
    if (context.name == name)
      return &context;
  return nullptr;
}

std::string contexts_path() {
  constexpr std::string_view kFile = "/sluice/contexts.json";
  const char *folder = std::getenv("XDG_CONFIG_HOME");
  if (folder != nullptr && *folder == '/') // a relative one is to be ignored, says XDG
    return std::string(folder).append(kFile);
  const char *home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? std::string(home).append("/.config").append(kFile)
                                          : std::string();
}

Result<Contexts> read_contexts(const std::string &path) {
  Contexts contexts{path, {}, {}};
  std::error_code ignored; // reading it will say what is wrong
  if (path.empty() || !std::filesystem::exists(path, ignored))
    return contexts;
  const auto text = read_file(path);
  if (!text)
    return fail(file_error(path, text.error().message()));
  json::Fault fault;
  const auto document = json::parse(*text, json::Trailing::Refuse, &fault);
  if (!document)
    return fail(file_error(path, fmt::format("line {}: {}", fault.line, fault.message)));
  contexts.current = std::string(document->string_or("current", "").value_or(""));
  if (const json::Value *all = document->find("contexts"))
    for (const json::Member &member : all->members()) {
      HOST_ASSIGN(Context context, context_in(path, member));
      contexts.all.push_back(std::move(context));
    }
  return contexts;
}

Status write_contexts(const Contexts &contexts) {
  if (contexts.path.empty())
    return fail(Code::Fatal, "contexts are kept in $XDG_CONFIG_HOME/sluice or ~/.config/sluice, "
                             "but neither XDG_CONFIG_HOME nor HOME is set");
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(contexts.path).parent_path(), error);
  if (error)
    return fail(file_error(contexts.path, error.message()));
  const std::string beside = contexts.path + ".new";
  HOST_TRY(write_private(beside, pretty(as_json(contexts)) + "\n"));
  if (std::rename(beside.c_str(), contexts.path.c_str()) != 0)
    return fail(system_error(contexts.path));
  return {};
}

int change_contexts(const Command &command, Screen &screen, const std::string &path) {
  auto contexts = read_contexts(path);
  if (!contexts)
    return screen.complain(contexts.error().message(), kExitUsage);
  if (command.verb == Verb::ContextList)
    return list(*contexts, screen);
  const std::string &name = command.names.front();
  if (const Status changed = change(command, *contexts, name); !changed)
    return screen.complain(changed.error().message(), kExitUsage);
  if (const Status written = write_contexts(*contexts); !written)
    return screen.complain(written.error().message(), kExitRefused);
  screen.report(name, result_of(command.verb, contexts->current == name));
  return kExitDone;
}

} // namespace host::app::cli
