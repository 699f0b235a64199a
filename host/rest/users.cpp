#include "host/rest/users.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

#include "host/base/redactor.h"
#include "host/config/properties.h"
#include "host/data/base64.h"
#include "host/kafka/jaas.h"
#include "host/rest/media_type.h"
#include "host/rest/replies.h"
#include "host/rest/uri.h"

namespace host::rest {
namespace {

constexpr std::string_view kModule =
    "org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule";
constexpr std::string_view kEntry = "KafkaConnect";

Result<std::string> content_of(const std::string &path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file)
    return fail(Code::Config, std::string(what) + ": " + path + " cannot be read");
  return text;
}

// What stands between the braces of `KafkaConnect { … };`.
Result<std::string> entry_of(const std::string &text, const std::string &path) {
  std::size_t at = 0;
  while ((at = text.find(kEntry, at)) != std::string::npos) {
    const std::size_t open = text.find_first_not_of(" \t\r\n", at + kEntry.size());
    const bool starts = at == 0 || std::isspace(static_cast<unsigned char>(text[at - 1])) != 0 ||
                        text[at - 1] == ';' || text[at - 1] == '/';
    if (starts && open != std::string::npos && text[open] == '{') {
      const std::size_t close = text.find('}', open);
      if (close != std::string::npos)
        return text.substr(open + 1, close - open - 1);
    }
    at += kEntry.size();
  }
  return fail(Code::Config,
              "java.security.auth.login.config: " + path + " has no entry `KafkaConnect { … };`");
}

bool same(std::string_view a, std::string_view b) {
  // Every byte is looked at, so that the time tells nothing about a password.
  unsigned char different = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i)
    different |= static_cast<unsigned char>(a[i] ^ (b.empty() ? '\1' : b[i % b.size()]));
  return different == 0;
}

// `POST /connectors/{c}/tasks`, `PUT /connectors/{c}/fence`.
bool is_between_workers(const Request &request) {
  const auto target = parse_target(request.target, request.host);
  if (!target || target->path.size() != 3 || target->path[0].raw != "connectors")
    return false;
  const std::string &last = target->path[2].raw;
  return (request.method == "POST" && last == "tasks") ||
         (request.method == "PUT" && last == "fence");
}

bool only_reads(const Request &request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
}

bool is_admin(const Request &request) {
  return request.target == "/admin" || request.target.starts_with("/admin/") ||
         request.target.starts_with("/admin?");
}

Reply unauthorized(const Request &request) {
  Reply reply;
  reply.status = 401;
  reply.body = "User cannot access the resource.";
  if (!accepts(request.accept, "text", "plain"))
    reply.content_type = "application/json"; // of a text all the same, as Kafka Connect's
  else
    reply.content_type = "text/plain";
  return reply;
}

bool among(const std::vector<std::string> &users, const std::string &user) {
  return std::find(users.begin(), users.end(), user) != users.end();
}

} // namespace

Result<Users> Users::read(const std::string &login_config, Roles roles) {
  if (login_config.empty())
    return fail(Code::Config, "rest.extension.classes asks for basic authentication: set "
                              "java.security.auth.login.config to the file with its entry "
                              "KafkaConnect");
  HOST_ASSIGN(const std::string text, content_of(login_config, "java.security.auth.login.config"));
  HOST_ASSIGN(const std::string entry, entry_of(text, login_config));
  const auto module = kafka::parse_jaas(entry);
  if (!module)
    return module.error().code() == Code::Config
               ? fail(Code::Config, login_config + ": " + module.error().message())
               : fail(module.error());
  if (module->module != kModule)
    return fail(Code::Config, login_config + ": the login module " + module->module +
                                  " is not known here; there is " + std::string(kModule));
  const std::string *file = module->options.find("file");
  if (file == nullptr)
    return fail(Code::Config,
                login_config + ": PropertyFileLoginModule needs the option file=\"…\"");
  HOST_ASSIGN(const auto properties, config::read_properties(*file));
  Users users;
  users.roles_ = std::move(roles);
  std::vector<std::string> secrets;
  for (const config::Property &one : properties.entries) {
    users.passwords_[one.key] = one.value;
    secrets.push_back(one.value);
  }
  process_redactor().add(secrets);
  return users;
}

std::optional<std::string> Users::user_of(const Request &request) const {
  const std::string *header = request.header("authorization");
  if (header == nullptr)
    return std::nullopt;
  const std::size_t blank = header->find(' ');
  if (blank == std::string::npos || lower_case(header->substr(0, blank)) != "basic")
    return std::nullopt;
  std::string decoded;
  if (!data::decode_base64(std::string_view(*header).substr(blank + 1), decoded))
    return std::nullopt;
  const std::string_view pair = decoded;
  const std::size_t colon = pair.find(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto known = passwords_.find(pair.substr(0, colon));
  if (known == passwords_.end() || !same(pair.substr(colon + 1), known->second))
    return std::nullopt;
  return known->first;
}

std::optional<Reply> Users::check(Request &request) const {
  if (is_between_workers(request) || passwords_.empty())
    return std::nullopt;
  const auto user = user_of(request);
  if (!user)
    return unauthorized(request);
  request.user = *user;
  if (among(roles_.read_only, *user) && !only_reads(request))
    return error_reply(403, "User " + *user + " may only read (rest.users.read.only)");
  if (is_admin(request) && roles_.admins && !among(*roles_.admins, *user))
    return error_reply(403, "User " + *user + " may not use /admin (rest.users.admin)");
  return std::nullopt;
}

} // namespace host::rest
