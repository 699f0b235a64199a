// Variables of config providers: their grammar, and what replacing them makes of a value.
#include "host/config/config_variables.h"
#include "host/base/log.h"
#include "host/config/config_resolver.h"
#include "tests/fuzz/fuzz.h"

namespace {

void check(const host::config::Variable &variable, std::string_view value, const char *from) {
  const std::string_view text = variable.text;
  fuzz::require(text.data() >= from && text.data() + text.size() <= value.data() + value.size(),
                "variables follow each other inside the value");
  fuzz::require(text.starts_with("${") && text.find('}') == text.size() - 1, "${…}");
  fuzz::require(variable.provider.find(':') == std::string_view::npos, "a colon ends the provider");
  fuzz::require(variable.path.find(':') == std::string_view::npos, "a colon ends the path");
  const std::size_t parts = variable.provider.size() + variable.path.size() + variable.key.size();
  const std::size_t frame = text.size() - parts;
  fuzz::require(frame == 4 || frame == 5, "nothing is lost but ${, }, and one or two colons");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static const bool quiet = (host::log::set_sink([](const host::log::Event &) {}), true);
  fuzz::require(quiet, "what providers refuse is not logged here");
  const std::string_view value = fuzz::text(data, size);
  const char *from = value.data();
  for (const host::config::Variable &variable : host::config::variables_in(value)) {
    check(variable, value, from);
    from = variable.text.data() + variable.text.size();
  }
  // An environment without the variables that are asked for: everything stays as it is.
  static const auto resolver =
      *host::config::ConfigResolver::from({{"config.providers", "e"},
                                           {"config.providers.e.class", "EnvVar"},
                                           {"config.providers.e.param.allowlist.pattern", "none"}});
  const host::StringMap config{{"key", std::string(value)}};
  const auto resolved = resolver.resolve(config);
  fuzz::require(!resolved || resolved->values == config, "what nobody knows stays");
  return 0;
}
