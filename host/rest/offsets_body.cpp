// The body of a change of offsets, bound like Jackson's `ConnectorOffsets`.
#include <utility>

#include "host/rest/jackson_reader.h"
#include "host/rest/request_body.h"

namespace host::rest {
namespace {

using json::Token;

constexpr std::string_view kOffsets =
    "org.apache.kafka.connect.runtime.rest.entities.ConnectorOffsets";
constexpr std::string_view kOffset =
    "org.apache.kafka.connect.runtime.rest.entities.ConnectorOffset";
constexpr std::string_view kList =
    "java.util.ArrayList<org.apache.kafka.connect.runtime.rest.entities.ConnectorOffset>";
constexpr std::string_view kMap = "java.util.LinkedHashMap<java.lang.String,java.lang.Object>";

class OffsetsBinder {
public:
  OffsetsBinder(std::string_view body, JacksonReader &reader) : body_(body), reader_(reader) {}

  Result<OffsetsBody> object() {
    OffsetsBody offsets;
    const Fields fields{kOffsets, "one known property: \"offsets\"", 1};
    HOST_TRY(members(fields, {}, [&](std::string_view field, Token token, std::string_view chain) {
      return field == "offsets" ? list(token, chain, offsets) : Taken(false);
    }));
    return offsets;
  }

private:
  // Whether a member was known.
  using Taken = Result<bool>;
  struct Fields {
    std::string_view type;
    std::string_view known;
    std::size_t count;
  };

  // Reads an object up to its end. Jackson reports an unknown member when it has all that it needs
  // to make the object, or at the object's end.
  template <class Take> Status members(const Fields &fields, std::string_view chain, Take take) {
    std::optional<std::string> unknown;
    std::size_t taken = 0;
    for (;;) {
      const Token key = reader_.next();
      if (key == Token::ObjectEnd)
        break;
      if (key != Token::Key)
        return fail(reader_.syntax_error(chain));
      const std::string field(reader_.text());
      const std::string place = member_place(chain, fields.type, field);
      const Token token = reader_.next();
      if (token == Token::Fault)
        return fail(reader_.syntax_error(chain));
      const std::size_t begin = reader_.token_begin();
      HOST_ASSIGN(const bool known, take(field, token, place));
      if (known) {
        ++taken;
        continue;
      }
      if (taken >= fields.count)
        return fail(unrecognized(fields, field,
                                 token == Token::String ? begin + 1 : reader_.position(), place));
      if (!reader_.skip(token))
        return fail(reader_.syntax_error(chain));
      if (!unknown)
        unknown = field;
    }
    if (unknown)
      return fail(unrecognized(fields, *unknown, reader_.position(),
                               member_place(chain, fields.type, *unknown)));
    return {};
  }

  Error unrecognized(const Fields &fields, const std::string &field, std::size_t offset,
                     std::string_view chain) const {
    return reader_.error_at(offset,
                            "Unrecognized field \"" + field + "\" (class " +
                                std::string(fields.type) + "), not marked as ignorable (" +
                                std::string(fields.known) + ")",
                            chain);
  }

  Taken list(Token token, std::string_view chain, OffsetsBody &offsets) {
    if (token == Token::Null)
      return true;
    if (token != Token::ArrayBegin)
      return fail(reader_.cannot_deserialize(kList, token, chain));
    for (;;) {
      const Token item = reader_.next();
      if (item == Token::ArrayEnd)
        return true;
      if (item == Token::Fault)
        return fail(reader_.syntax_error(chain));
      const std::string place =
          std::string(chain) + "->java.util.ArrayList[" + std::to_string(offsets.size()) + "]";
      HOST_ASSIGN(auto offset, entry(item, place));
      offsets.push_back(std::move(offset));
    }
  }

  Result<std::optional<OffsetChange>> entry(Token token, std::string_view chain) {
    std::optional<OffsetChange> change;
    if (token == Token::Null)
      return change;
    if (token != Token::ObjectBegin)
      return fail(reader_.wrong_object(kOffset, token, chain));
    change.emplace();
    const Fields fields{kOffset, "2 known properties: \"partition\", \"offset\"", 2};
    HOST_TRY(
        members(fields, chain, [&](std::string_view field, Token value, std::string_view place) {
          if (field != "partition" && field != "offset")
            return Taken(false);
          return map(value, place, field == "partition" ? change->partition : change->offset);
        }));
    return change;
  }

  Taken map(Token token, std::string_view chain, std::optional<std::string> &text) {
    text.reset();
    if (token == Token::Null)
      return true;
    if (token == Token::String)
      return fail(reader_.string_map(token, chain).error());
    if (token != Token::ObjectBegin)
      return fail(reader_.cannot_deserialize(kMap, token, chain));
    const std::size_t begin = reader_.token_begin();
    if (!reader_.skip(token))
      return fail(reader_.syntax_error(chain));
    text.emplace(body_.substr(begin, reader_.position() - begin));
    return true;
  }

  std::string_view body_;
  JacksonReader &reader_;
};

} // namespace

Result<std::optional<OffsetsBody>> read_offsets(std::string_view body) {
  JacksonReader reader(body);
  const Token token = reader.next();
  std::optional<OffsetsBody> offsets;
  if (token == Token::Fault)
    return fail(reader.syntax_error({}));
  if (token == Token::Blank)
    return offsets;
  if (token == Token::ObjectBegin) {
    HOST_ASSIGN(offsets, OffsetsBinder(body, reader).object());
  } else if (token != Token::Null) {
    return fail(reader.wrong_object(kOffsets, token, {}));
  }
  HOST_TRY(reader.end(kOffsets));
  return offsets;
}

} // namespace host::rest
