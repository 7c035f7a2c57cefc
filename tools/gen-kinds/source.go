package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// markers are what the comment of a field says in `+name` lines.
type markers struct {
	optional, required bool
	defaultValue       string
}

// source is the text of a package, for what reflection cannot see.
type source struct {
	fields map[string]markers
	enums  map[string][]string
}

func (s *source) doc(typ, field string) markers { return s.fields[typ+"."+field] }
func (s *source) enum(typ string) []string      { return s.enums[typ] }

// closed are enumerations that lack the marker although nothing else is ever valid.
var closed = map[string]bool{"ConditionStatus": true}

func (w *walker) source(pkg string) *source {
	if known := w.sources[pkg]; known != nil {
		return known
	}
	made := &source{fields: map[string]markers{}, enums: map[string][]string{}}
	w.sources[pkg] = made
	files, err := filepath.Glob(filepath.Join(dirOf(pkg), "*.go"))
	must(err)
	sort.Strings(files)
	marked := map[string]bool{}
	values := map[string][]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		must(err)
		for _, decl := range parsed.Decls {
			general, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					text := general.Doc.Text() + spec.Doc.Text()
					if closed[spec.Name.Name] || hasMarker(text, "enum") {
						marked[spec.Name.Name] = true
					}
					made.readStruct(spec)
				case *ast.ValueSpec:
					typ, ok := spec.Type.(*ast.Ident)
					if !ok || general.Tok != token.CONST || len(spec.Values) != 1 {
						continue
					}
					if literal, ok := spec.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
						value, err := strconv.Unquote(literal.Value)
						must(err)
						values[typ.Name] = append(values[typ.Name], value)
					}
				}
			}
		}
	}
	for typ := range marked {
		if len(values[typ]) > 0 {
			made.enums[typ] = unique(values[typ])
		}
	}
	return made
}

func (s *source) readStruct(spec *ast.TypeSpec) {
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range body.Fields.List {
		text := f.Doc.Text()
		read := markers{optional: hasMarker(text, "optional"), required: hasMarker(text, "required")}
		for _, line := range strings.Split(text, "\n") {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), "+default="); ok && !strings.HasPrefix(value, "ref(") {
				read.defaultValue = value
			}
		}
		for _, name := range f.Names {
			s.fields[spec.Name.Name+"."+name.Name] = read
		}
	}
}

func hasMarker(text, name string) bool {
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "+"+name {
			return true
		}
	}
	return false
}

func unique(values []string) []string {
	seen := map[string]bool{}
	list := []string{}
	for _, value := range values {
		if !seen[value] {
			seen[value] = true
			list = append(list, value)
		}
	}
	return list
}

func dirOf(pkg string) string {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", pkg).Output()
	must(err)
	return strings.TrimSpace(string(out))
}
