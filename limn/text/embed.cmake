# Turns UTF-8 data files into one C++ source, so that the program needs no file beside it and
# our sources stay ASCII.
#   cmake -DOUTPUT=... -DFILES="name=path,name=path" -P embed.cmake
string(REPLACE "," ";" pairs "${FILES}")
set(source "#include \"limn/text/embedded.h\"\n\nnamespace limn::embedded {\n\n")
foreach(pair IN LISTS pairs)
  string(REGEX MATCH "^([^=]+)=(.+)$" _ "${pair}")
  file(READ "${CMAKE_MATCH_2}" content)
  string(APPEND source "const std::string_view ${CMAKE_MATCH_1} = R\"limn(${content})limn\";\n")
endforeach()
string(APPEND source "\n}  // namespace limn::embedded\n")
file(WRITE "${OUTPUT}" "${source}")
