/** What went wrong, told at once to those who do not see it. */
export function ErrorNote({ message }: { readonly message: string | undefined }) {
  return (
    message !== undefined && (
      <p className="note is-error" role="alert">
        {message}
      </p>
    )
  );
}
