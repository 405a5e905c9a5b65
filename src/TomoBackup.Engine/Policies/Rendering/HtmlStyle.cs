namespace TomoBackup.Policies.Rendering;

/// <summary>How the page looks. Every colour of text has a contrast of 4.5 or more against what lies behind it (WCAG 2
/// AA); a test computes it.</summary>
static class HtmlStyle
{
    public const string Text = """
        :root { --ink: #1c2530; --soft: #4c5a69; --line: #d3dae1; --tint: #f3f6f8; --mark: #0b5a6b; --warn: #7a4300;
          --warn-tint: #fff4e2; --warn-line: #d98e2b; }
        * { box-sizing: border-box; }
        html { font: 16px/1.6 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; color: var(--ink);
          background: #fff; }
        body { margin: 0 auto; max-width: 54rem; padding: 3rem 1.5rem 5rem; }
        h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 1.5rem; letter-spacing: -0.01em;
          overflow-wrap: anywhere; }
        h2 { font-size: 1.35rem; line-height: 1.3; margin: 3rem 0 1rem; padding-top: 1rem;
          border-top: 2px solid var(--mark); }
        h2 span { display: inline-block; min-width: 2.6rem; color: var(--mark); }
        h3 { font-size: 1.05rem; margin: 1.8rem 0 0.6rem; }
        p, ul, ol { margin: 0 0 0.9rem; }
        ul, ol { padding-left: 1.5rem; }
        li { margin-bottom: 0.4rem; }
        header dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin: 0;
          padding: 1rem 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
        dt { font-size: 0.8rem; color: var(--soft); }
        dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
        nav ol { columns: 2; column-gap: 2.5rem; margin: 1.5rem 0 0; padding-left: 1.6rem; }
        nav li { break-inside: avoid; margin-bottom: 0.2rem; }
        nav li::marker { color: var(--soft); }
        a { color: var(--mark); }
        table { width: 100%; border-collapse: collapse; margin: 0 0 1.2rem; font-size: 0.93rem; }
        th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.9rem 0.5rem 0; overflow-wrap: anywhere;
          border-bottom: 1px solid var(--line); }
        thead th { font-size: 0.8rem; font-weight: 600; color: var(--soft); border-bottom: 2px solid var(--line); }
        tbody th { font-weight: 600; overflow-wrap: break-word; }
        code { font: 0.88em/1.5 ui-monospace, "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", monospace;
          background: var(--tint); padding: 0.1em 0.3em; border-radius: 3px; overflow-wrap: anywhere; }
        pre { margin: 0 0 1rem; padding: 0.7rem 0.9rem; background: var(--tint); border-left: 3px solid var(--mark);
          white-space: pre-wrap; overflow-wrap: anywhere; }
        pre code { display: block; background: none; padding: 0 0 0 1.4em; text-indent: -1.4em; }
        pre span { display: inline-block; max-width: 100%; text-indent: 0; }
        .steps > li { margin-bottom: 0.8rem; }
        .steps > li > p { margin-bottom: 0.4rem; }
        .steps > li::marker { font-weight: 600; color: var(--mark); }
        .not-yet { padding: 0.5rem 0.9rem; background: var(--warn-tint); border-left: 3px solid var(--warn-line);
          color: var(--warn); font-size: 0.93rem; }
        .not-yet + .not-yet { margin-top: -0.7rem; }
        .not-yet code { background: none; padding: 0; }
        @media (max-width: 40rem) { nav ol { columns: 1; } }
        @page { size: A4; margin: 20mm 18mm; }
        @media print {
          html { font-size: 10.5pt; }
          body { max-width: none; padding: 0; }
          nav a { color: inherit; text-decoration: none; }
          h2, h3 { break-after: avoid; }
          tr, pre, li, .not-yet { break-inside: avoid; }
          thead { display: table-header-group; }
          code, pre, .not-yet { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        }
        """;
}
