#include "host/wire/address.h"

#include <algorithm>

#include <fmt/format.h>

namespace host::wire {

Result<std::vector<Address>> parse_bootstrap(std::string_view list) {
  std::vector<Address> addresses;
  for (std::string_view rest = list; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    std::string_view item = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (const auto scheme = item.find("://"); scheme != std::string_view::npos)
      item.remove_prefix(scheme + 3);
    while (item.starts_with(' '))
      item.remove_prefix(1);
    while (item.ends_with(' '))
      item.remove_suffix(1);
    const auto colon = item.rfind(':');
    if (colon == std::string_view::npos)
      continue;
    std::string_view host = item.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
      host = host.substr(1, host.size() - 2);
    addresses.push_back({std::string(host), std::string(item.substr(colon + 1))});
  }
  if (addresses.empty())
    return fail(Code::Config, exception::kConfig,
                fmt::format("No address in bootstrap.servers '{}'", list));
  return addresses;
}

} // namespace host::wire
