using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TomoBackup.Tests.Architecture;

/// <summary>One C# file, read as the compiler reads it: what stands in comments is not code.</summary>
sealed class CSharpFile
{
    static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp14, DocumentationMode.None);

    public CSharpFile(string path, string text)
    {
        Path = path;
        Lines = text.Split('\n');
        Root = CSharpSyntaxTree.ParseText(text, Options, path).GetCompilationUnitRoot(CancellationToken.None);
    }

    /// <summary>Relative to the project's root, with slashes.</summary>
    public string Path { get; }

    public IReadOnlyList<string> Lines { get; }

    public CompilationUnitSyntax Root { get; }

    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? "";

    public IEnumerable<string> Namespaces
        => Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(space => space.Name.ToString());

    /// <summary>Types that are declared here, nested ones too.</summary>
    public IEnumerable<string> Types
        => Root.DescendantNodes().Select(node => node switch
        {
            BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
            DelegateDeclarationSyntax type => type.Identifier.ValueText,
            _ => "",
        }).Where(name => name.Length > 0);

    /// <summary>Every plain name in the code.</summary>
    public IEnumerable<string> Names
        => Root.DescendantNodes().OfType<SimpleNameSyntax>().Select(name => name.Identifier.ValueText);

    /// <summary>The names with dots: those of usings, of types and of members; not those of namespaces that are
    /// declared here.</summary>
    public IEnumerable<string> DottedNames
        => Root.DescendantNodes()
            .Where(node => node is QualifiedNameSyntax or MemberAccessExpressionSyntax
                && node.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().All(space => !IsNameOf(space, node)))
            .Select(node => node.ToString().Replace("global::", "", StringComparison.Ordinal));

    /// <summary>The texts of string literals; of interpolated ones, the pieces between the holes.</summary>
    public IEnumerable<string> Strings
        => Root.DescendantTokens()
            .Where(token => token.Kind() is SyntaxKind.StringLiteralToken
                or SyntaxKind.Utf8StringLiteralToken
                or SyntaxKind.InterpolatedStringTextToken
                or SyntaxKind.SingleLineRawStringLiteralToken
                or SyntaxKind.MultiLineRawStringLiteralToken)
            .Select(token => token.ValueText);

    /// <summary>Methods and their like, each with its lines from the parameters to the closing brace.</summary>
    public IEnumerable<(string Name, int Lines)> Methods
        => Root.DescendantNodes().Select(node => node switch
        {
            MethodDeclarationSyntax method => (method.Identifier.ValueText, Length(node, method.ParameterList)),
            ConstructorDeclarationSyntax method => (method.Identifier.ValueText, Length(node, method.ParameterList)),
            BaseMethodDeclarationSyntax method => (method.Kind().ToString(), Length(node, method.ParameterList)),
            LocalFunctionStatementSyntax method => (method.Identifier.ValueText, Length(node, method.ParameterList)),
            AccessorDeclarationSyntax accessor => (accessor.Keyword.ValueText, Length(node, node)),
            _ => ("", 0),
        }).Where(method => method.Item2 > 0);

    public bool IsBelow(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    int Length(SyntaxNode node, SyntaxNode from)
        => Root.SyntaxTree.GetLineSpan(node.Span).EndLinePosition.Line
            - Root.SyntaxTree.GetLineSpan(from.Span).StartLinePosition.Line + 1;

    static bool IsNameOf(BaseNamespaceDeclarationSyntax space, SyntaxNode node) => space.Name.Span.Contains(node.Span);
}
