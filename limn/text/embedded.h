// Data files of this layer as strings; their definitions are written by embed.cmake at build time.
#pragma once

#include <string_view>

namespace limn::embedded {

extern const std::string_view english_stop_words;  // stopwords/en.txt
extern const std::string_view chinese_stop_words;  // stopwords/zh.txt
extern const std::string_view other_stop_words;    // a language a line; empty without set-up
extern const std::string_view languages;           // languages.txt
extern const std::string_view personal_names;      // personal/names.txt
extern const std::string_view english_opinions;    // opinions/en.txt
extern const std::string_view chinese_opinions;    // opinions/zh.txt
extern const std::string_view aspects;             // opinions/aspects.txt

}  // namespace limn::embedded
