// Java's names of character sets, and the C library's for those that are taken from there.
#include "host/data/charset_rows.h"

namespace host::data {

const Charset::Row Charset::kRows[] = {
    {"UTF-8", " utf-8 unicode-1-1-utf-8 utf8 ", Form::Utf8, nullptr},
    {"ISO-8859-1",
     " iso-8859-1 819 iso8859-1 l1 iso_8859-1:1987 iso_8859-1 8859_1 iso-ir-100 latin1 "
     "cp819 iso8859_1 ibm819 iso_8859_1 ibm-819 csisolatin1 ",
     Form::Latin1, nullptr},
    {"US-ASCII",
     " us-ascii ansi_x3.4-1968 cp367 csascii iso-ir-6 ascii iso_646.irv:1983 "
     "ansi_x3.4-1986 ascii7 default iso_646.irv:1991 iso646-us ibm367 646 us ",
     Form::Ascii, nullptr},
    {"UTF-16", " utf-16 utf_16 unicode utf16 unicodebig ", Form::Utf16, nullptr},
    {"UTF-16BE", " utf-16be x-utf-16be utf_16be iso-10646-ucs-2 unicodebigunmarked ", Form::Utf16Be,
     nullptr},
    {"UTF-16LE", " utf-16le unicodelittleunmarked utf_16le x-utf-16le ", Form::Utf16Le, nullptr},
    {"UTF-32", " utf-32 utf_32 utf32 ", Form::Utf32, nullptr},
    {"UTF-32BE", " utf-32be x-utf-32be utf_32be ", Form::Utf32Be, nullptr},
    {"UTF-32LE", " utf-32le x-utf-32le utf_32le ", Form::Utf32Le, nullptr},
    {"ISO-8859-2",
     " iso-8859-2 iso8859-2 ibm912 l2 iso_8859-2 8859_2 cp912 iso_8859-2:1987 iso8859_2 "
     "iso-ir-101 latin2 912 csisolatin2 ibm-912 ",
     Form::Table, "ISO-8859-2"},
    {"ISO-8859-3",
     " iso-8859-3 iso8859-3 ibm913 8859_3 l3 cp913 iso_8859-3 iso8859_3 latin3 "
     "csisolatin3 913 iso_8859-3:1988 ibm-913 iso-ir-109 ",
     Form::Table, "ISO-8859-3"},
    {"ISO-8859-4",
     " iso-8859-4 8859_4 latin4 l4 cp914 iso_8859-4:1988 ibm914 iso_8859-4 iso-ir-110 "
     "iso8859_4 csisolatin4 iso8859-4 914 ibm-914 ",
     Form::Table, "ISO-8859-4"},
    {"ISO-8859-5",
     " iso-8859-5 iso_8859-5:1988 csisolatincyrillic iso-ir-144 iso8859_5 cp915 8859_5 "
     "ibm-915 iso_8859-5 ibm915 915 cyrillic iso8859-5 ",
     Form::Table, "ISO-8859-5"},
    {"ISO-8859-6",
     " iso-8859-6 asmo-708 8859_6 iso8859_6 iso_8859-6 csisolatinarabic ibm1089 arabic "
     "ibm-1089 1089 ecma-114 iso-ir-127 iso_8859-6:1987 iso8859-6 cp1089 ",
     Form::Table, "ISO-8859-6"},
    {"ISO-8859-7",
     " iso-8859-7 greek 8859_7 greek8 ibm813 iso_8859-7 iso8859_7 elot_928 cp813 "
     "iso_8859-7:1987 sun_eu_greek csisolatingreek iso-ir-126 813 iso8859-7 ecma-118 "
     "ibm-813 ",
     Form::Table, "ISO-8859-7"},
    {"ISO-8859-8",
     " iso-8859-8 8859_8 iso_8859-8 iso_8859-8:1988 cp916 iso-ir-138 iso8859-8 hebrew "
     "iso8859_8 ibm-916 csisolatinhebrew 916 ibm916 ",
     Form::Table, "ISO-8859-8"},
    {"ISO-8859-9",
     " iso-8859-9 ibm-920 iso_8859-9 8859_9 iso_8859-9:1989 ibm920 latin5 l5 iso8859_9 "
     "cp920 920 iso-ir-148 iso8859-9 csisolatin5 ",
     Form::Table, "ISO-8859-9"},
    {"ISO-8859-13", " iso-8859-13 iso_8859-13 iso8859-13 iso8859_13 8859_13 ", Form::Table,
     "ISO-8859-13"},
    {"ISO-8859-15",
     " iso-8859-15 csiso885915 latin-9 iso8859-15 latin0 iso8859_15_fdis iso8859_15 "
     "cp923 8859_15 l9 ibm923 csisolatin9 iso_8859-15 ibm-923 csisolatin0 923 latin9 ",
     Form::Table, "ISO-8859-15"},
    {"ISO-8859-16",
     " iso-8859-16 iso_8859-16:2001 iso_8859-16 csiso885916 latin10 iso-ir-226 l10 "
     "iso8859_16 ",
     Form::Table, "ISO-8859-16"},
    {"windows-1250", " windows-1250 cp1250 cp5346 ", Form::Table, "CP1250"},
    {"windows-1251", " windows-1251 cp5347 ansi-1251 cp1251 ", Form::Table, "CP1251"},
    {"windows-1252", " windows-1252 ibm-1252 cp1252 ibm1252 cp5348 ", Form::Table, "CP1252"},
    {"windows-1253", " windows-1253 cp1253 cp5349 ", Form::Table, "CP1253"},
    {"windows-1254", " windows-1254 cp1254 cp5350 ", Form::Table, "CP1254"},
    {"windows-1255", " windows-1255 cp1255 ", Form::Table, "CP1255"},
    {"windows-1256", " windows-1256 cp1256 ", Form::Table, "CP1256"},
    {"windows-1257", " windows-1257 cp1257 cp5353 ", Form::Table, "CP1257"},
    {"windows-1258", " windows-1258 cp1258 ", Form::Table, "CP1258"},
    {"KOI8-R", " koi8-r koi8_r koi8 cskoi8r ", Form::Table, "KOI8-R"},
    {"KOI8-U", " koi8-u koi8_u ", Form::Table, "KOI8-U"},
    {"IBM437", " ibm437 437 ibm-437 cspc8codepage437 cp437 windows-437 ", Form::Table, "IBM437"},
    {"IBM850", " ibm850 cp850 cspc850multilingual 850 ibm-850 ", Form::Table, "IBM850"},
    {"IBM852", " ibm852 cspcp852 ibm-852 852 cp852 ", Form::Table, "IBM852"},
    {"IBM855", " ibm855 855 ibm-855 cp855 cspcp855 ", Form::Table, "IBM855"},
    {"IBM857", " ibm857 857 cp857 csibm857 ibm-857 ", Form::Table, "CP857"},
    {"IBM00858", " ibm00858 pc-multilingual-850+euro ibm858 cp858 858 cp00858 ibm-858 ccsid00858 ",
     Form::Table, "CP858"},
    {"IBM862", " ibm862 csibm862 cp862 862 cspc862latinhebrew ibm-862 ", Form::Table, "CP862"},
    {"IBM866", " ibm866 866 ibm-866 csibm866 cp866 ", Form::Table, "IBM866"},
    {"Shift_JIS", " shift_jis x-sjis sjis shift-jis ms_kanji csshiftjis ", Form::Library,
     "Shift_JIS"},
    {"windows-31j", " windows-31j ms932 windows-932 cswindows31j ", Form::Library, "CP932"},
    {"EUC-JP",
     " euc-jp cseucpkdfmtjapanese x-euc-jp eucjis "
     "extended_unix_code_packed_format_for_japanese euc_jp eucjp x-eucjp ",
     Form::Library, "EUC-JP"},
    {"ISO-2022-JP", " iso-2022-jp csjisencoding iso2022jp jis_encoding jis csiso2022jp ",
     Form::Library, "ISO-2022-JP"},
    {"GB2312", " gb2312 euc-cn x-euc-cn euccn euc_cn gb2312-80 gb2312-1980 ", Form::Library,
     "GB2312"},
    {"GBK", " gbk cp936 windows-936 ", Form::Library, "GBK"},
    {"GB18030", " gb18030 gb18030-2022 ", Form::Library, "GB18030"},
    {"Big5", " big5 csbig5 ", Form::Library, "Big5"},
    {"EUC-KR",
     " euc-kr ksc5601-1987 cseuckr ksc5601_1987 ksc5601 5601 euc_kr ksc_5601 "
     "ks_c_5601-1987 euckr ",
     Form::Library, "EUC-KR"},
};

std::span<const CharsetName> charset_names() {
  static const auto names = [] {
    std::array<CharsetName, std::size(Charset::kRows)> made{};
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = {Charset::kRows[i].name, Charset::kRows[i].aliases};
    return made;
  }();
  return names;
}

// A set that the C library lacks is unknown.
std::optional<Charset> Charset::find(std::string_view name) {
  std::string wanted(" ");
  for (const char c : name)
    wanted += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  if (name.empty() || name.find(' ') != name.npos)
    return std::nullopt;
  wanted += ' ';
  for (const Row &row : kRows) {
    if (row.aliases.find(wanted) == row.aliases.npos)
      continue;
    if (row.library == nullptr)
      return Charset(row.form);
    return from_library(row.library, row.form == Form::Table);
  }
  return std::nullopt;
}

} // namespace host::data
